#include "net/ws_frame.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <random>

#include "net/base64.hpp"
#include "net/ws_handshake.hpp"

using namespace tapedeck;
using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Kind = WsEvent::Kind;

namespace {

std::string described(WsReader &reader, const WsEvent &e) {
  switch (e.kind) {
    case Kind::None: return "";
    case Kind::Text: return "text " + std::string(e.payload);
    case Kind::Binary: return "binary " + std::string(e.payload);
    case Kind::Ping: return "ping " + std::string(e.payload);
    case Kind::Pong: return "pong " + std::string(e.payload);
    case Kind::Close: return "close " + std::to_string(reader.close().code) + " " + reader.close().reason;
    case Kind::Failure: return std::to_string(reader.failure().close_code) + " " + reader.failure().text;
  }
  return "?";
}

// Everything that comes of `bytes`, fed in pieces of `step`; ends with the first Close or Failure.
std::vector<std::string> read_all(WsRole role, std::string_view bytes, std::size_t step = SIZE_MAX, WsLimits limits = {}) {
  WsReader reader(role, limits);
  std::vector<std::string> out;
  for (bool over = false; !bytes.empty() && !over;) {
    reader.append(bytes.substr(0, step));
    bytes.remove_prefix(std::min(step, bytes.size()));
    for (WsEvent e = reader.next(); e.kind != Kind::None && !over; e = reader.next()) {
      out.push_back(described(reader, e));
      over = e.kind == Kind::Close || e.kind == Kind::Failure;
    }
  }
  return out;
}

std::string frame(WsRole from, WsOpcode opcode, std::string_view payload, bool final = true) {
  std::string out;
  append_ws_frame(out, from, opcode, payload, final);
  return out;
}
std::string text(std::string_view payload) { return frame(WsRole::Server, WsOpcode::Text, payload); }

// What a client says to `bytes` of a server.
std::string refusal(std::string_view bytes, WsRole role = WsRole::Client, WsLimits limits = {}) {
  const auto events = read_all(role, bytes, SIZE_MAX, limits);
  return events.empty() ? "" : events.back();
}

WsOpcode data_opcode(bool is_text) { return is_text ? WsOpcode::Text : WsOpcode::Binary; }

}  // namespace

TEST(WsFrame, ExamplesOfTheStandard) {  // RFC 6455, section 5.7
  EXPECT_THAT(read_all(WsRole::Client, "\x81\x05Hello"), ElementsAre("text Hello"));
  EXPECT_THAT(read_all(WsRole::Server, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), ElementsAre("text Hello"));
  EXPECT_THAT(read_all(WsRole::Client, "\x01\x03Hel\x80\x02lo"), ElementsAre("text Hello"));
  EXPECT_THAT(read_all(WsRole::Client, "\x89\x05Hello"), ElementsAre("ping Hello"));
  EXPECT_THAT(read_all(WsRole::Server, "\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), ElementsAre("pong Hello"));
  const std::string bytes256(256, 'x'), bytes64k(65536, 'y');
  EXPECT_THAT(read_all(WsRole::Client, "\x82\x7e\x01\x00"s + bytes256), ElementsAre("binary " + bytes256));
  EXPECT_THAT(read_all(WsRole::Client, "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"s + bytes64k),
              ElementsAre("binary " + bytes64k));
}

TEST(WsFrame, ServersFramesAreWrittenAsTheStandardHasThem) {
  EXPECT_EQ(text("Hello"), "\x81\x05Hello");
  EXPECT_EQ(frame(WsRole::Server, WsOpcode::Text, "Hel", false), "\x01\x03Hel");
  EXPECT_EQ(frame(WsRole::Server, WsOpcode::Binary, std::string(256, 'x')).substr(0, 4), "\x82\x7e\x01\x00"s);
  EXPECT_EQ(frame(WsRole::Server, WsOpcode::Binary, std::string(65536, 'x')).substr(0, 10),
            "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"s);
}

TEST(WsFrame, ClientsFramesAreMaskedWithAKeyOfTheirOwn) {
  const std::string payload(1000, 'x');
  const std::string a = frame(WsRole::Client, WsOpcode::Text, payload), b = frame(WsRole::Client, WsOpcode::Text, payload);
  EXPECT_NE(a, b);
  EXPECT_EQ(a.find("xxxx"), std::string::npos);
  EXPECT_THAT(read_all(WsRole::Server, a + b), ElementsAre("text " + payload, "text " + payload));
}

TEST(WsFrame, MessagesLieInTheReceiveBuffer) {
  WsReader reader(WsRole::Client);
  const auto room = reader.room();
  const std::string bytes = text("one") + text("two");
  std::copy(bytes.begin(), bytes.end(), room.begin());
  reader.filled(bytes.size());
  EXPECT_EQ(reader.next().payload.data(), room.data() + 2);
  EXPECT_EQ(reader.next().payload.data(), room.data() + 7);
  EXPECT_EQ(reader.next().kind, Kind::None);
}

TEST(WsFrame, ControlFramesComeBetweenFragments) {
  const std::string bytes = frame(WsRole::Server, WsOpcode::Text, "a", false) +
                            frame(WsRole::Server, WsOpcode::Ping, "p") +
                            frame(WsRole::Server, WsOpcode::Continuation, "", false) +
                            frame(WsRole::Server, WsOpcode::Pong, "") +
                            frame(WsRole::Server, WsOpcode::Continuation, "b") + text("c");
  EXPECT_THAT(read_all(WsRole::Client, bytes), ElementsAre("ping p", "pong ", "text ab", "text c"));
}

TEST(WsFrame, CloseCodeAndReasonAreRead) {
  EXPECT_EQ(refusal("\x88\x00"s), "close 1005 ");
  EXPECT_EQ(refusal("\x88\x02\x03\xe8"s), "close 1000 ");
  std::string bytes;
  append_ws_close(bytes, WsRole::Server, WsCloseCode::kPolicy, "Pong timeout");
  EXPECT_EQ(refusal(bytes + text("after")), "close 1008 Pong timeout");
}

TEST(WsFrame, LongReasonIsCutBetweenCharacters) {
  std::string bytes, reason(122, 'a');
  append_ws_close(bytes, WsRole::Server, 4000, reason + "\xc3\xa9zzz");
  EXPECT_EQ(refusal(bytes), "close 4000 " + reason);
}

TEST(WsFrame, CloseWithoutACodeHasNoPayload) {
  std::string bytes;
  append_ws_close(bytes, WsRole::Server, WsCloseCode::kNone, "unheard");
  EXPECT_EQ(bytes, "\x88\x00"s);
}

TEST(WsFrame, WhatTheStandardForbidsIsRefused) {
  const std::vector<std::tuple<const char *, std::string, const char *>> cases = {
      {"RSV1", "\xc1\x01x", "1002 reserved bits are set"},
      {"RSV3", "\x91\x01x", "1002 reserved bits are set"},
      {"opcode 3", "\x83\x00"s, "1002 a frame has a reserved opcode"},
      {"opcode 11", "\x8b\x00"s, "1002 a frame has a reserved opcode"},
      {"masked server", "\x81\x81\x01\x02\x03\x04x", "1002 a server's frame is masked"},
      {"fragmented ping", "\x09\x00"s, "1002 a control frame is fragmented"},
      {"long ping", "\x89\x7e\x00\x7e"s, "1002 a control frame is longer than 125 bytes"},
      {"continues nothing", "\x80\x01x", "1002 a fragment continues no message"},
      {"begins inside", "\x01\x01x\x81\x01y", "1002 a message begins inside another one"},
      {"negative length", "\x82\x7f\x80\x00\x00\x00\x00\x00\x00\x00"s, "1002 a frame's length has its highest bit"},
      {"half a code", "\x88\x01\x03", "1002 a Close frame holds half a code"},
      {"code 1005", "\x88\x02\x03\xed"s, "1002 a Close frame has the impossible code 1005"},
      {"code 999", "\x88\x02\x03\xe7"s, "1002 a Close frame has the impossible code 999"},
      {"code 5000", "\x88\x02\x13\x88"s, "1002 a Close frame has the impossible code 5000"},
      {"reason", "\x88\x03\x03\xe8\xff"s, "1007 the reason of a Close frame is not UTF-8"},
      {"text", "\x81\x01\xff", "1007 a text message is not UTF-8"},
      {"surrogate", "\x81\x03\xed\xa0\x80", "1007 a text message is not UTF-8"},
      {"cut character", "\x81\x01\xc3", "1007 a text message is not UTF-8"},
  };
  for (const auto &[name, bytes, expected] : cases) EXPECT_THAT(refusal(bytes), HasSubstr(expected)) << name;
  EXPECT_THAT(refusal("\x81\x01x", WsRole::Server), HasSubstr("1002 a client's frame is not masked"));
}

TEST(WsFrame, CharacterMayBeSplitBetweenFragments) {
  EXPECT_THAT(read_all(WsRole::Client, "\x01\x01\xc3\x80\x01\xa9"), ElementsAre("text \xc3\xa9"));
}

TEST(WsFrame, LimitHoldsForAMessageAndAllItsFragments) {
  const WsLimits limits{100, 64};
  EXPECT_THAT(refusal(text(std::string(100, 'x')), WsRole::Client, limits), HasSubstr("text xxx"));
  // Refused by its head alone: nothing of these payloads ever comes.
  EXPECT_EQ(refusal("\x82\x65"s, WsRole::Client, limits), "1009 a message is over the limit of 100 bytes");
  EXPECT_THAT(refusal("\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff", WsRole::Client, limits), HasSubstr("1009"));
  const std::string first = frame(WsRole::Server, WsOpcode::Text, std::string(60, 'x'), false);
  EXPECT_THAT(refusal(first + "\x80\x29"s, WsRole::Client, limits), HasSubstr("1009"));
}

TEST(WsFrame, HugeLengthTakesNoMemoryBeforeItsBytes) {
  WsReader reader(WsRole::Client);
  reader.append("\x82\x7f\x00\x00\x00\x00\x00\xff\x00\x00"s);
  EXPECT_EQ(reader.next().kind, Kind::None);
  EXPECT_LE(reader.room().size(), WsLimits{}.buffer);
}

TEST(WsFrame, FailureAndCloseAreTheLastWord) {
  WsReader reader(WsRole::Client);
  reader.append("\x83\x00\x81\x01x"s);
  EXPECT_EQ(reader.next().kind, Kind::Failure);
  EXPECT_EQ(reader.next().kind, Kind::Failure);
}

TEST(WsFrame, SaysWhetherAMessageWasBrokenOff) {
  WsReader reader(WsRole::Client);
  EXPECT_FALSE(reader.inside_message());
  reader.append("\x01\x01x");
  EXPECT_EQ(reader.next().kind, Kind::None);
  EXPECT_TRUE(reader.inside_message());
  reader.append("\x80\x00"s);
  EXPECT_EQ(reader.next().kind, Kind::Text);
  EXPECT_FALSE(reader.inside_message());
}

// Random conversations: messages in random fragments with control frames between them, and a random
// breach at the end of some.
TEST(WsFrame, PiecesOfAnySizeGiveTheSameMessages) {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    const WsRole sender = seed % 2 == 0 ? WsRole::Client : WsRole::Server;
    const WsRole reader = seed % 2 == 0 ? WsRole::Server : WsRole::Client;
    std::string bytes;
    std::vector<std::string> expected;
    for (std::size_t message = 0; message < 12; ++message) {
      const bool is_text = below(2) == 0;
      const std::string payload(below(4) == 0 ? below(70'000) : below(300), static_cast<char>('a' + below(26)));
      const std::size_t fragments = 1 + below(4);
      std::size_t sent = 0;
      for (std::size_t i = 0; i < fragments; ++i) {
        const bool last = i + 1 == fragments;
        const std::size_t size = last ? payload.size() - sent : below(payload.size() - sent + 1);
        append_ws_frame(bytes, sender, i == 0 ? data_opcode(is_text) : WsOpcode::Continuation,
                        std::string_view(payload).substr(sent, size), last);
        sent += size;
        if (last) break;
        append_ws_frame(bytes, sender, WsOpcode::Ping, std::to_string(i));
        expected.push_back("ping " + std::to_string(i));
      }
      expected.push_back((is_text ? "text " : "binary ") + payload);
    }
    if (below(2) == 0) {
      bytes += "\xf0\x00"s;
      expected.push_back("1002 reserved bits are set, but no extension was agreed on");
    }
    for (const std::size_t step : {std::size_t{1}, 1 + below(10), 1 + below(5000), SIZE_MAX})
      ASSERT_EQ(read_all(reader, bytes, step, {.message = 1 << 20, .buffer = 256}), expected)
          << "seed " << seed << " in pieces of " << step;
  }
}

TEST(WsHandshake, AcceptValueIsThatOfTheStandard) {  // RFC 6455, section 1.3
  EXPECT_EQ(ws_accept_of("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(make_ws_key().size(), 24u);
  EXPECT_NE(make_ws_key(), make_ws_key());
}

TEST(WsHandshake, TokensAreFoundInListsOnly) {
  EXPECT_TRUE(has_token("keep-alive, Upgrade", "upgrade"));
  EXPECT_TRUE(has_token("upgrade", "Upgrade"));
  EXPECT_FALSE(has_token("no-upgrade", "upgrade"));
  EXPECT_FALSE(has_token("", "upgrade"));
}

TEST(Base64, ThereAndBack) {  // RFC 4648, section 10
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"foobar", "Zm9vYmFy"}, {"\xff\xfe\x00"s, "//4A"}};
  for (const auto &[bytes, encoded] : cases) {
    EXPECT_EQ(to_base64(bytes), encoded);
    EXPECT_EQ(from_base64(encoded), bytes);
  }
  for (const char *wrong : {"Zg", "Zg=a", "Z===", "Zm9*", "Zg==Zg=="}) EXPECT_EQ(from_base64(wrong), std::nullopt) << wrong;
}
