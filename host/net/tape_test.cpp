// Recording and replaying: the same bytes, the same pace, no secrets, and no network.
#include "net/tape.hpp"

#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "net/stream_test_support.hpp"
#include "net/tape_reader.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;
using namespace std::string_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

namespace {

namespace fs = std::filesystem;

struct Folder {
  Folder() {
    std::string name = (fs::temp_directory_path() / "tapedeck-tape-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path); }
  Folder(const Folder &) = delete;
  Folder &operator=(const Folder &) = delete;
  std::vector<std::string> files() const {
    std::vector<std::string> out;
    for (const auto &entry : fs::directory_iterator(path)) out.push_back(entry.path().filename());
    std::sort(out.begin(), out.end());
    return out;
  }
  std::string text() const {
    std::string out;
    for (const auto &file : files()) {
      std::ostringstream all;
      all << std::ifstream(path / file).rdbuf();
      out += all.str();
    }
    return out;
  }
  void write(const std::string &file, const std::string &bytes) const { std::ofstream(path / file) << bytes; }
  fs::path path;
};

HttpSettings taped(std::shared_ptr<Tape> tape) {
  HttpSettings s;
  s.tape = std::move(tape);
  s.tape_plugin = "acme";
  return s;
}

struct Recording : Folder {
  std::vector<std::string> failures;
  ManualClock clock{1'700'000'000 * kSecond};
  std::shared_ptr<Tape> tape = Tape::record(path, clock, [this](const std::string &why) { failures.push_back(why); });
};

TapeRecord message(std::int64_t at_ns, std::string payload, bool is_text = true) {
  TapeRecord r;
  r.kind = TapeRecord::Kind::Message;
  r.at_ns = at_ns;
  r.is_text = is_text;
  r.payload = std::move(payload);
  return r;
}

std::string opened_line(std::int64_t at_ns, const std::string &stream, const std::string &url) {
  TapeRecord r;
  r.at_ns = at_ns;
  r.plugin = "acme";
  r.stream = stream;
  r.url = url;
  return to_tape_line(r);
}

}  // namespace

TEST(TapeRecord, EveryKindIsReadAsItWasWritten) {
  TapeRecord answer;
  answer.kind = TapeRecord::Kind::Answer;
  answer.at_ns = 5;
  answer.method = "GET";
  answer.url = "https://a.example/x?y=1";
  answer.status = 404;
  answer.headers = {{"Content-Type", "a/b"}, {"X", "\"quoted\""}};
  answer.payload = "{\"code\":-1121}\n";
  TapeRecord ended = message(9, "closed by the vendor: 1008 Pong timeout");
  ended.kind = TapeRecord::Kind::Ended;
  TapeRecord sent = message(2, "{\"method\":\"SUBSCRIBE\"}");
  sent.kind = TapeRecord::Kind::Sent;
  TapeRecord line = message(3, "line \xff with bytes");
  line.kind = TapeRecord::Kind::Line;
  for (const TapeRecord &r : {message(1, "text \"\\\x01\0\xc3\xa9"s), message(1, "\xff\x00"s, false), message(1, "plain", false),
                              sent, line, ended, answer}) {
    const std::string text = to_tape_line(r);
    EXPECT_EQ(text.back(), '\n');
    EXPECT_EQ(parse_tape_line(std::string_view(text).substr(0, text.size() - 1)), r) << text;
  }
}

TEST(TapeRecord, BrokenLinesAreBadData) {
  for (const char *line :
       {"", "{", "[]", "{}", "{\"recv_ns\":1}", "{\"recv_ns\":\"1\",\"text\":\"x\"}", "{\"recv_ns\":1,\"text\":2}",
        "{\"recv_ns\":1,\"binary_base64\":\"?\"}", "{\"recv_ns\":1,\"method\":\"GET\"}", "{\"opened_ns\":1}",
        "{\"tape\":2,\"opened_ns\":1,\"plugin\":\"a\",\"stream\":\"b\",\"url\":\"c\"}", "{\"sent_ns\":1.5,\"text\":\"x\"}",
        "{\"recv_ns\":1,\"method\":\"GET\",\"url\":\"u\",\"status\":99,\"headers\":[],\"body\":\"\"}",
        "{\"recv_ns\":1,\"method\":\"GET\",\"url\":\"u\",\"status\":200,\"headers\":[[\"a\"]],\"body\":\"\"}"})
    EXPECT_EQ(outcome_of_call([&] { parse_tape_line(line); }).status, TDK_BAD_DATA) << line;
}

TEST(TapeReader, NamesTheRecordAndForgivesTheLastHalfLine) {
  const auto read_all = [](const std::string &bytes) {
    TapeReader reader(std::make_unique<std::istringstream>(bytes), "x.jsonl");
    int n = 0;
    while (reader.next()) ++n;
    return n;
  };
  const std::string one = to_tape_line(message(1, "a"));
  EXPECT_EQ(read_all(one + one + one.substr(0, 9)), 2);
  EXPECT_THAT(outcome_of_call([&] { read_all(one + "broken\n" + one); }).text, HasSubstr("x.jsonl, record 2: "));
}

TEST(TapeReader, RefusesALineThatIsTooLongBeforeItHasReadAllOfIt) {
  auto bytes = std::make_unique<std::istringstream>(to_tape_line(message(1, "a")) + repeated("x", 10'000'000));
  const std::istream &left = *bytes;
  TapeReader reader(std::move(bytes), "x.jsonl", 1000);
  ASSERT_TRUE(reader.next());
  EXPECT_THAT(outcome_of_call([&] { reader.next(); }).text, HasSubstr("x.jsonl, record 2: a line over"));
  EXPECT_LT(left.rdbuf()->pubseekoff(0, std::ios::cur, std::ios::in), 1'000'000);
  EXPECT_FALSE(reader.next()) << "nothing comes after it";
}

TEST(TapeReader, TellsAFileThatCannotBeReadFromOneThatEnds) {
  const Folder folder;
  fs::create_directory(folder.path / "000001-acme-websocket.jsonl");
  ManualClock clock(0);
  EXPECT_EQ(outcome_of_call([&] { Tape::replay(folder.path, 1, clock); }).status, TDK_IO);
}

TEST(Tape, WebSocketIsReplayedByteForByte) {
  Recording recording;
  const std::vector<std::string> expected = {"{\"p\":\"1.5\"}", "binary \xff\xfe", "", "\xc3\xa9\n"};
  {
    ScriptedServer server({upgraded([](Peer &p) {
      ClientFrames(p).next();
      p.send(server_text("{\"p\":\"1.5\"}") + server_frame(WsOpcode::Binary, "\xff\xfe") + server_text("") +
             server_text("\xc3\xa9\n") + server_close(1008, "Pong timeout"));
      p.hang();
    })});
    StreamRig rig(taped(recording.tape));
    ASSERT_EQ(rig.open("ws://127.0.0.1:" + std::to_string(server.port()) + "/ws?a=b").text, "");
    rig.socket->send(true, "{\"method\":\"SUBSCRIBE\"}", nullptr);
    ASSERT_EQ(rig.receive_all(5).status, TDK_UNAVAILABLE);
    ASSERT_EQ(rig.messages, expected);
  }
  EXPECT_THAT(recording.files(), ElementsAre("000001-acme-websocket.jsonl"));
  EXPECT_THAT(recording.text(), HasSubstr("{\"sent_ns\":1700000000000000000,\"text\":\"{\\\"method\\\":\\\"SUBSCRIBE\\\"}\"}"));

  ManualClock clock(0);
  StreamRig replay(taped(Tape::replay(recording.path, 0, clock)));
  ASSERT_EQ(replay.open("wss://other.example/ws?c=d").text, "");
  replay.socket->send(true, "anything", nullptr);
  const Outcome o = replay.receive_all(5);
  EXPECT_EQ(replay.messages, expected);
  EXPECT_EQ(o.status, TDK_UNAVAILABLE);
  EXPECT_THAT(o.text, HasSubstr("closed by the vendor: 1008 Pong timeout"));
  EXPECT_EQ(replay.receive().text, o.text);
  const Outcome second = replay.open("wss://other.example/ws");
  EXPECT_EQ(second.status, TDK_UNAVAILABLE);
  EXPECT_THAT(second.text, HasSubstr("the recording has no more connections to /ws"));
}

TEST(Tape, LinesAreReplayedByteForByte) {
  Recording recording;
  {
    ScriptedServer server({[](Peer &p) {
      p.read_head();
      p.send("HTTP/1.1 200 OK\r\n\r\n{\"a\":1}\n\nno utf8 \xff\n");
      p.hang();
    }});
    StreamRig rig(taped(recording.tape));
    ASSERT_EQ(rig.open_lines(server.url("/v3/stream")).text, "");
    ASSERT_EQ(rig.receive_all(3).text, "");
  }
  ManualClock clock(0);
  StreamRig replay(taped(Tape::replay(recording.path, 0, clock)));
  ASSERT_EQ(replay.open_lines("https://other.example/v3/stream").text, "");
  ASSERT_EQ(replay.receive_all(3).text, "");
  EXPECT_THAT(replay.messages, ElementsAre("{\"a\":1}", "", "no utf8 \xff"));
  EXPECT_THAT(replay.receive().text, HasSubstr("the recording of this connection ends here"));
}

TEST(Tape, AnswersComeInTheirOrderAndTheLastOneAgain) {
  Recording recording;
  {
    ScriptedServer server({[](Peer &p) {
      for (int n = 1; !p.read_head().empty(); ++n)
        p.answer("body " + std::to_string(n), "X-Used: " + std::to_string(n) + "\r\nSet-Cookie: session=s3cret\r\n");
    }});
    Rig rig(taped(recording.tape));
    ASSERT_EQ(rig.get(server.url("/time")).text, "");
    ASSERT_EQ(rig.get(server.url("/klines?symbol=A")).text, "");
    ASSERT_EQ(rig.get(server.url("/time")).text, "");
    const std::string base = server.url("");
    ManualClock clock(0);
    Rig replay(taped(Tape::replay(recording.path, 1, clock)));
    for (const char *expected : {"body 1", "body 3", "body 3"}) {
      ASSERT_EQ(replay.get(base + "/time").text, "");
      EXPECT_EQ(replay.answer.body, expected);
    }
    EXPECT_EQ(replay.answer.status, 200);
    EXPECT_EQ(replay.answer.header("X-Used"), "3");
    ASSERT_EQ(replay.get(base + "/klines?symbol=A").text, "");
    EXPECT_EQ(replay.answer.body, "body 2");
    const Outcome o = replay.get(base + "/klines?symbol=B");
    EXPECT_EQ(o.status, TDK_UNAVAILABLE);
    EXPECT_THAT(o.text, HasSubstr("the recording has no answer to GET"));
    EXPECT_EQ(server.accepted(), 1) << "the replay has asked the vendor";
  }
  EXPECT_THAT(recording.text(), Not(HasSubstr("s3cret")));
}

TEST(Tape, SecretsNeverReachIt) {
  Recording recording;
  ScriptedServer server({[](Peer &p) {
                           p.read_head();
                           p.answer("{\"your_key\":\"t0psecret\"}", "X-Echo: t0psecret\r\n");
                         },
                         upgraded([](Peer &p) {
                           ClientFrames(p).next();
                           p.send(server_text("welcome t0psecret"));
                           p.hang();
                         })});
  Rig rig(taped(recording.tape));
  rig.request.secrets = {"t0psecret"};
  rig.request.headers = {{"Authorization", "Bearer t0psecret"}};
  ASSERT_EQ(rig.get(server.url("/a/t0psecret?apikey=other5ecret&signature=s1gned")).text, "");
  StreamRig streams(taped(recording.tape));
  streams.request.secrets = {"t0psecret"};
  ASSERT_EQ(streams.open("ws://127.0.0.1:" + std::to_string(server.port()) + "/ws/t0psecret").text, "");
  streams.socket->send(true, "login t0psecret", nullptr);
  ASSERT_EQ(streams.receive_all(1).text, "");
  EXPECT_THAT(streams.messages, ElementsAre("welcome t0psecret")) << "the plugin itself gets what came";
  streams.socket.reset();
  const std::string text = recording.text();
  EXPECT_THAT(text, AllOf(Not(HasSubstr("t0psecret")), Not(HasSubstr("other5ecret")), Not(HasSubstr("s1gned"))));
  EXPECT_THAT(text, AllOf(HasSubstr("login ***"), HasSubstr("welcome ***"), HasSubstr("your_key")));
}

TEST(Tape, MessagesComeAtTheirPace) {
  Folder folder;
  folder.write("000001-acme-websocket.jsonl",
               opened_line(100 * kSecond, "websocket", "wss://a.example/ws") + to_tape_line(message(100 * kSecond, "at once")) +
                   to_tape_line(message(104 * kSecond, "after 4 s")) + to_tape_line(message(104 * kSecond, "too")));
  for (const double speed : {1.0, 2.0, 0.0}) {
    RecordingClock clock(0);
    StreamRig rig(taped(Tape::replay(folder.path, speed, clock)));
    ASSERT_EQ(rig.open("wss://a.example/ws").text, "");
    ASSERT_EQ(rig.receive(kSecond).text, "");
    if (speed == 0) {
      EXPECT_THAT(rig.messages, ElementsAre("at once", "after 4 s", "too"));
      EXPECT_TRUE(clock.slept().empty());
      continue;
    }
    EXPECT_THAT(rig.messages, ElementsAre("at once"));
    ASSERT_EQ(rig.receive(kSecond).text, "");
    EXPECT_EQ(rig.messages.size(), 1u) << "one of four seconds has passed";
    ASSERT_EQ(rig.receive(10 * kSecond).text, "");
    EXPECT_THAT(rig.messages, ElementsAre("at once", "after 4 s", "too"));
    const auto whole = static_cast<std::int64_t>(4e9 / speed);
    EXPECT_EQ(clock.monotonic_ns(), whole);
  }
}

// As JSON has them, 584 years apart.
TEST(Tape, TimesThatNobodyRecordedDoNoHarm) {
  const std::pair<std::int64_t, std::int64_t> cases[] = {{INT64_MIN, INT64_MAX}, {INT64_MAX, INT64_MIN}};
  for (const auto &[opened, received] : cases) {
    Folder folder;
    folder.write("000001-acme-websocket.jsonl",
                 opened_line(opened, "websocket", "wss://a.example/ws") + to_tape_line(message(received, "x")));
    ManualClock clock(0);
    StreamRig rig(taped(Tape::replay(folder.path, 1, clock)));
    ASSERT_EQ(rig.open("wss://a.example/ws").text, "");
    EXPECT_EQ(rig.receive(0).text, "");
    EXPECT_EQ(rig.messages.size(), opened > received ? 1u : 0u);
  }
}

TEST(Tape, ABrokenRecordIsTheEndOfItsConnection) {
  Folder folder;
  folder.write("000001-acme-websocket.jsonl", opened_line(0, "websocket", "wss://a.example/ws") +
                                                  to_tape_line(message(0, "1")) + "broken\n" + to_tape_line(message(0, "2")));
  ManualClock clock(0);
  StreamRig rig(taped(Tape::replay(folder.path, 0, clock)));
  ASSERT_EQ(rig.open("wss://a.example/ws").text, "");
  const Outcome end = rig.receive_all(2);
  EXPECT_EQ(end.status, TDK_BAD_DATA);
  EXPECT_THAT(end.text, HasSubstr("record 3: "));
  EXPECT_EQ(rig.receive().text, end.text);
  EXPECT_EQ(outcome_of_call([&] { rig.socket->send(true, "x", nullptr); }).text, end.text);
  EXPECT_THAT(rig.messages, ElementsAre("1"));
}

TEST(Tape, NothingIsSentOnAStreamThatItsUserClosed) {
  Folder folder;
  folder.write("000001-acme-websocket.jsonl", opened_line(0, "websocket", "wss://a.example/ws"));
  ManualClock clock(0);
  StreamRig rig(taped(Tape::replay(folder.path, 1, clock)));
  ASSERT_EQ(rig.open("wss://a.example/ws").text, "");
  rig.socket->close();
  EXPECT_EQ(outcome_of_call([&] { rig.socket->send(true, "x", nullptr); }).status, TDK_INVALID_ARGUMENT);
}

TEST(Tape, OpeningsOfAPathComeInTheirOrder) {
  Folder folder;
  for (int i = 1; i <= 3; ++i)
    folder.write("00000" + std::to_string(i) + "-acme-websocket.jsonl",
                 opened_line(0, "websocket", i == 2 ? "wss://a.example/other" : "wss://a.example/ws") +
                     to_tape_line(message(0, std::to_string(i))));
  ManualClock clock(0);
  StreamRig rig(taped(Tape::replay(folder.path, 1, clock)));
  for (const char *expected : {"1", "3"}) {
    rig.messages.clear();
    ASSERT_EQ(rig.open("wss://a.example/ws").text, "");
    ASSERT_EQ(rig.receive_all(1).text, "");
    EXPECT_THAT(rig.messages, ElementsAre(expected));
  }
  EXPECT_EQ(rig.open("wss://a.example/ws").status, TDK_UNAVAILABLE);
  EXPECT_EQ(rig.open_lines("https://a.example/other").status, TDK_UNAVAILABLE) << "that was a WebSocket";
}

TEST(Tape, WaitingForTheNextMessageIsCancelled) {
  Folder folder;
  folder.write("000001-acme-websocket.jsonl",
               opened_line(0, "websocket", "wss://a.example/ws") + to_tape_line(message(3600 * kSecond, "in an hour")));
  StreamRig rig(taped(Tape::replay(folder.path, 1, system_clock())));
  ASSERT_EQ(rig.open("wss://a.example/ws").text, "");
  Canceller canceller;
  canceller.ready();
  EXPECT_EQ(rig.receive(3600 * kSecond, canceller.token()).status, TDK_CANCELLED);
  EXPECT_LT(canceller.ms_since_cancel(), 1000);
}

TEST(Tape, FoldersThatWillNotDoAreRefused) {
  Recording recording;
  recording.write("000001-acme-http.jsonl", opened_line(0, "http", "https://a.example/"));
  ManualClock clock(0);
  EXPECT_THAT(outcome_of_call([&] { Tape::record(recording.path, clock, nullptr); }).text, HasSubstr("holds a recording already"));
  EXPECT_EQ(outcome_of_call([&] { Tape::record("/proc/nowhere/x", clock, nullptr); }).status, TDK_IO);
  EXPECT_EQ(outcome_of_call([&] { Tape::replay("/nowhere/at/all", 1, clock); }).status, TDK_IO);
  const Folder empty;
  EXPECT_EQ(outcome_of_call([&] { Tape::replay(empty.path, 1, clock); }).status, TDK_NOT_FOUND);
  empty.write("000001-acme-websocket.jsonl", "no json\n");
  EXPECT_EQ(outcome_of_call([&] { Tape::replay(empty.path, 1, clock); }).status, TDK_BAD_DATA);
}

// A disk that is full, as the kernel says it of a file that may not grow.
TEST(Tape, FullDiskStopsTheRecordingAndNotTheStream) {
  struct Limit {
    rlimit before{};
    void (*handler)(int) = std::signal(SIGXFSZ, SIG_IGN);
    explicit Limit(rlim_t bytes) {
      getrlimit(RLIMIT_FSIZE, &before);
      const rlimit now{bytes, before.rlim_max};
      setrlimit(RLIMIT_FSIZE, &now);
    }
    ~Limit() {
      setrlimit(RLIMIT_FSIZE, &before);
      std::signal(SIGXFSZ, handler);
    }
  };
  Recording recording;
  ScriptedServer server({upgraded([](Peer &p) {
    for (int i = 0; i < 50; ++i) {
      p.send(server_text(repeated("x", 1000)));
      ClientFrames(p).next();
    }
    p.hang();
  })});
  StreamRig rig(taped(recording.tape));
  {
    const Limit limit(8192);
    ASSERT_EQ(rig.open("ws://127.0.0.1:" + std::to_string(server.port()) + "/ws").text, "");
    for (std::size_t i = 1; i <= 50; ++i) {
      ASSERT_EQ(rig.receive_all(i).text, "");
      rig.socket->send(true, "next", nullptr);
    }
    EXPECT_EQ(recording.tape->recorder()->start_track({"acme", {}}, "websocket", "wss://x/"), nullptr);
  }
  EXPECT_EQ(rig.messages.size(), 50u);
  ASSERT_EQ(recording.failures.size(), 1u);
  EXPECT_THAT(recording.failures[0], AllOf(StartsWith("recording to "), HasSubstr("File too large")));
  rig.socket.reset();
  ManualClock clock(0);
  StreamRig replay(taped(Tape::replay(recording.path, 0, clock)));
  ASSERT_EQ(replay.open("ws://a.example/ws").status, TDK_INVALID_ARGUMENT) << "plain text to a stranger, also in replay";
  ASSERT_EQ(replay.open("wss://a.example/ws").text, "");
  EXPECT_EQ(replay.receive().text, "");
  EXPECT_GE(replay.messages.size(), 3u) << "what fitted is there";
}
