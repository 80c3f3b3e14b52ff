// Line streams: how bodies are framed, how lines are cut, how they end.
#include <future>

#include "net/chunk_decoder.hpp"
#include "net/line_splitter.hpp"
#include "net/stream_test_support.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

const std::string kChunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string chunk(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string size;
  for (std::size_t n = bytes.size(); n > 0; n /= 16) size.insert(0, 1, kDigits[n % 16]);
  return size + "\r\n" + std::string(bytes) + "\r\n";
}

Scene serving(std::string answer, bool stay = true) {
  return [answer = std::move(answer), stay](Peer &p) {
    p.read_head();
    p.send(answer);
    if (stay) p.hang();
  };
}

std::vector<std::string> split(std::string_view bytes, std::size_t step, std::size_t limit = 100) {
  LineSplitter splitter(limit);
  std::vector<std::string> out;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size()))) {
    splitter.append(bytes.substr(0, step));
    while (const auto line = splitter.next()) out.emplace_back(*line);
  }
  if (splitter.too_long()) out.emplace_back("too long");
  return out;
}

std::string unchunked(std::string_view bytes, std::size_t step) {
  ChunkDecoder decoder;
  std::string out;
  while (!bytes.empty() && decoder.feed(bytes.substr(0, step), out)) bytes.remove_prefix(std::min(step, bytes.size()));
  return out + (decoder.ended() ? "|" : "") + decoder.error();
}

}  // namespace

TEST(LineSplitter, CutsAtEitherLineEndWhateverThePieces) {
  for (const std::size_t step : {1u, 2u, 3u, 100u})
    EXPECT_THAT(split("a\r\n\nbc\n\rd\r\r\nrest", step), ElementsAre("a", "", "bc", "\rd\r")) << step;
}

TEST(LineSplitter, LongLineIsTheLast) {
  for (const std::size_t step : {1u, 3u, 100u}) {
    EXPECT_THAT(split("ab\nabcd\r\nabcde\nx\n", step, 4), ElementsAre("ab", "abcd", "too long")) << step;
    EXPECT_THAT(split("abcdefgh", step, 4), ElementsAre("too long")) << step;
  }
}

TEST(ChunkDecoder, TakesChunksOffWhateverThePieces) {
  const std::string bytes = "5\r\nhello\r\n1;name=value\r\n \r\n5 \r\nworld\r\n0\r\nX-Trailer: 1\r\n\r\nbehind";
  for (const std::size_t step : {1u, 2u, 7u, 1000u}) EXPECT_EQ(unchunked(bytes, step), "hello world|") << step;
}

TEST(ChunkDecoder, BrokenChunksAreRefused) {
  const std::vector<std::pair<std::string, const char *>> cases = {
      {"x\r\n", "a chunk without a size"},        {"\r\n", "a chunk without a size"},
      {"-1\r\n", "a chunk without a size"},       {"1234567890123456\r\n", "a chunk without a size"},
      {"1\r\nab\r\n", "a chunk longer"},         {"1;" + std::string(9000, 'e'), "a chunk's head has no end"},
      {"0\r\n" + std::string(9000, 't'), "too many trailers"},
  };
  for (const auto &[bytes, why] : cases)
    EXPECT_THAT(unchunked(bytes, 1), HasSubstr(why)) << bytes.substr(0, 20);
}

TEST(LineStream, ComesInChunksAnywhere) {
  std::promise<std::string> head;
  ScriptedServer server({[&](Peer &p) {
    head.set_value(p.read_head());
    p.send(kChunkedHead + chunk("{\"a\":1}\r\n{\"b\"") + chunk(":2}\n\n") + chunk("half"));
    p.hang();
  }});
  StreamRig rig;
  rig.request.headers = {{"Accept-Encoding", "gzip"}, {"Authorization", "Bearer x"}};
  ASSERT_EQ(rig.open_lines(server.url("/v3/stream")).text, "");
  EXPECT_EQ(rig.receive_all(3).text, "");
  EXPECT_THAT(rig.messages, ElementsAre("{\"a\":1}", "{\"b\":2}", ""));
  EXPECT_EQ(rig.receive(20 * kMs).text, "") << "half a line waits for its end";
  EXPECT_EQ(rig.messages.size(), 3u);
  const std::string h = head.get_future().get();
  EXPECT_THAT(h, HasSubstr("\r\nAccept-Encoding: identity\r\n"));
  EXPECT_THAT(h, Not(HasSubstr("gzip")));
  EXPECT_THAT(h, HasSubstr("\r\nAuthorization: Bearer x\r\n"));
}

TEST(LineStream, SlowDripIsPutTogetherOverTimeOuts) {
  std::promise<void> go;
  ScriptedServer server({[&](Peer &p) {
    p.read_head();
    const std::string answer = kChunkedHead + chunk("dri");
    for (const char c : answer) p.send(std::string(1, c));
    go.get_future().wait();
    p.send(chunk("p\n"));
    p.hang();
  }});
  StreamRig rig;
  ASSERT_EQ(rig.open_lines(server.url()).text, "");
  EXPECT_EQ(rig.receive(30 * kMs).text, "");
  go.set_value();
  EXPECT_EQ(rig.receive_all(1).text, "");
  EXPECT_THAT(rig.messages, ElementsAre("drip"));
}

TEST(LineStream, EndsAreUnavailableOrBadData) {
  const std::vector<std::tuple<std::string, tdk_status, const char *>> cases = {
      {kChunkedHead + chunk("a\n") + "0\r\n\r\n", TDK_UNAVAILABLE, "the vendor ended the stream"},
      {kChunkedHead + chunk("a\nb") + "0\r\n\r\n", TDK_UNAVAILABLE, "ended the stream in the middle of a line"},
      {kChunkedHead + chunk("a\n"), TDK_UNAVAILABLE, "closed the connection in the middle of the stream"},
      {kChunkedHead + chunk("a\n") + "zz\r\n", TDK_BAD_DATA, "broke the chunks: a chunk without a size"},
      {"HTTP/1.1 200 OK\r\n\r\na\n", TDK_UNAVAILABLE, "the vendor ended the stream"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na\nbehind", TDK_UNAVAILABLE, "the vendor ended the stream"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na\n", TDK_UNAVAILABLE, "in the middle of the stream"},
      {"HTTP/1.1 200 OK\r\n\r\na\n" + std::string((1 << 20) + 2, 'x'), TDK_BAD_DATA, "over the limit of 1 MiB"},
  };
  for (const auto &[answer, status, text] : cases) {
    ScriptedServer server({serving(answer, false)});
    StreamRig rig;
    ASSERT_EQ(rig.open_lines(server.url()).text, "");
    const Outcome o = rig.receive_all(2);
    EXPECT_THAT(rig.messages, ElementsAre("a")) << text;
    EXPECT_EQ(o.status, status) << o.text;
    EXPECT_THAT(o.text, HasSubstr(text));
    EXPECT_EQ(rig.receive().text, o.text) << "the same again";
  }
}

TEST(LineStream, RefusalsCarryStatusAndBody) {
  const std::vector<std::tuple<std::string, tdk_status, const char *>> cases = {
      {"HTTP/1.1 401 No\r\nContent-Length: 17\r\n\r\n{\"error\":\"token\"}", TDK_UNAUTHENTICATED, "(status 401): {\"error\":\"token\"}"},
      {"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", TDK_UNAVAILABLE, "(status 503)"},
      {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", TDK_BAD_DATA, "compressed the stream"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", TDK_BAD_DATA, "unknown Transfer-Encoding"},
      {"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", TDK_BAD_DATA, "no usable Content-Length"},
  };
  for (const auto &[answer, status, text] : cases) {
    ScriptedServer server({serving(answer, false)});
    StreamRig rig;
    const Outcome o = rig.open_lines(server.url());
    EXPECT_EQ(o.status, status) << o.text;
    EXPECT_THAT(o.text, HasSubstr(text));
  }
}

TEST(LineStream, ResetInTheMiddleIsUnavailable) {
  ScriptedServer server({[](Peer &p) {
    p.read_head();
    p.send(kChunkedHead + "ff\r\nabc");
    p.reset();
  }});
  StreamRig rig;
  const Outcome opened = rig.open_lines(server.url());  // the reset may overtake the head
  EXPECT_EQ(opened.status == TDK_OK ? rig.receive().status : opened.status, TDK_UNAVAILABLE);
}

TEST(LineStream, CancellationIsNoticedWithin50Ms) {
  const std::vector<std::pair<const char *, std::function<void(Peer &, Canceller &)>>> stages = {
      {"no answer", [](Peer &p, Canceller &c) { p.read_head(); c.ready(); p.hang(); }},
      {"silence", [](Peer &p, Canceller &c) { p.read_head(); p.send(kChunkedHead); c.ready(); p.hang(); }},
      {"dripping line", [](Peer &p, Canceller &c) { p.read_head(); p.send("HTTP/1.1 200 OK\r\n\r\n"); c.ready(); p.drip('x'); }},
  };
  for (const auto &[name, play] : stages) {
    Canceller canceller;
    ScriptedServer server({[&, scene = play](Peer &p) { scene(p, canceller); }});
    StreamRig rig;
    Outcome o = rig.open_lines(server.url(), canceller.token());
    if (o.status == TDK_OK) o = rig.receive(30 * kSecond, canceller.token());
    EXPECT_EQ(o.status, TDK_CANCELLED) << name << ": " << o.text;
    EXPECT_LT(canceller.ms_since_cancel(), 1000) << name;
  }
}
