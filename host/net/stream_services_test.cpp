// The tables of streams as plugins call them, broken plugins among them.
#include "net/stream_services.hpp"

#include <future>

#include "net/stream_test_support.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace {

struct Plugin {
  Plugin() {
    request.struct_size = sizeof request;
    request.method = str("GET");
    error = detail::fresh();
    sink = {sizeof sink, 0, this, [](void *self, std::int32_t is_text, tdk_bytes payload) -> tdk_status {
              return static_cast<Plugin *>(self)->take(is_text != 0, payload);
            }};
    line_sink = {sizeof line_sink, 0, this, [](void *self, tdk_str line) -> tdk_status {
                   return static_cast<Plugin *>(self)->take(true, {reinterpret_cast<const std::uint8_t *>(line.data), line.size});
                 }};
  }
  tdk_status take(bool is_text, tdk_bytes payload) {
    messages.push_back((is_text ? "" : "binary ") + std::string(reinterpret_cast<const char *>(payload.data), payload.size));
    return then ? then() : TDK_OK;
  }
  tdk_status open(const ScriptedServer &server) {
    url = "ws://127.0.0.1:" + std::to_string(server.port()) + "/ws";
    request.url = str(url);
    return serve_ws_open(*context, &request, nullptr, &ws, &error);
  }
  tdk_status open_lines(const ScriptedServer &server) {
    url = server.url("/lines");
    request.url = str(url);
    return serve_lines_open(*context, &request, nullptr, &status, &lines, &error);
  }
  tdk_status receive(std::int64_t timeout_ns = 10 * kSecond) {
    return serve_ws_receive(ws, timeout_ns, &sink, nullptr, &error);
  }

  ManualClock clock{1'700'000'000 * kSecond};
  HttpClient client{{}, clock};
  Account account{"acme", clock};
  std::optional<NetContext> context{std::in_place, client, account, [] { return Priority::Live; }};
  tdk_http_request request{};
  tdk_ws_sink sink{};
  tdk_line_sink line_sink{};
  tdk_error error{};
  tdk_ws *ws = nullptr;
  tdk_lines *lines = nullptr;
  std::int32_t status = 0;
  std::string url;
  std::vector<std::string> messages;
  std::function<tdk_status()> then;
};

}  // namespace

TEST(StreamServices, WebSocketFromOpenToClose) {
  std::promise<std::string> got;
  ScriptedServer server({upgraded([&](Peer &p) {
    ClientFrames frames(p);
    p.send(server_text(frames.next()) + server_frame(WsOpcode::Binary, "b"));
    got.set_value(frames.next());
  })});
  Plugin p;
  StreamTraffic traffic;
  p.context->on_traffic = [&](const StreamTraffic &t) {
    traffic.messages += t.messages;
    traffic.bytes += t.bytes;
  };
  ASSERT_EQ(p.open(server), TDK_OK) << p.error.message;
  ASSERT_EQ(serve_ws_send(p.ws, 1, "hello", 5, nullptr, &p.error), TDK_OK) << p.error.message;
  while (p.messages.size() < 2) ASSERT_EQ(p.receive(), TDK_OK) << p.error.message;
  EXPECT_THAT(p.messages, ElementsAre("text hello", "binary b"));
  EXPECT_EQ(traffic.messages, 2u);
  EXPECT_EQ(traffic.bytes, 11u);
  serve_ws_close(p.ws);
  EXPECT_EQ(got.get_future().get(), "close 1000 ");
  EXPECT_EQ(p.receive(), TDK_INVALID_ARGUMENT) << "closed";
  EXPECT_EQ(serve_ws_send(p.ws, 1, "x", 1, nullptr, nullptr), TDK_INVALID_ARGUMENT);
  serve_ws_close(p.ws);  // once more does nothing
}

TEST(StreamServices, LinesFromOpenToClose) {
  ScriptedServer server({[](Peer &peer) {
    peer.read_head();
    peer.send("HTTP/1.1 202 OK\r\n\r\none\ntwo\n");
    peer.hang();
  }});
  Plugin p;
  ASSERT_EQ(p.open_lines(server), TDK_OK) << p.error.message;
  EXPECT_EQ(p.status, 200);
  while (p.messages.size() < 2)
    ASSERT_EQ(serve_lines_receive(p.lines, 10 * kSecond, &p.line_sink, nullptr, &p.error), TDK_OK) << p.error.message;
  EXPECT_THAT(p.messages, ElementsAre("one", "two"));
  serve_lines_close(p.lines);
  EXPECT_EQ(serve_lines_receive(p.lines, 0, &p.line_sink, nullptr, nullptr), TDK_INVALID_ARGUMENT);
}

TEST(StreamServices, RefusedLinesCarryTheStatus) {
  ScriptedServer server({[](Peer &peer) {
    peer.read_head();
    peer.send("HTTP/1.1 429 No\r\nRetry-After: 3\r\nContent-Length: 4\r\n\r\nslow");
  }});
  Plugin p;
  EXPECT_EQ(p.open_lines(server), TDK_RATE_LIMITED);
  EXPECT_EQ(p.status, 429);
  EXPECT_EQ(p.error.upstream_code, 429);
  EXPECT_EQ(p.error.retry_after_ms, 3000);
  EXPECT_EQ(p.lines, nullptr);
  EXPECT_THAT(p.error.message, HasSubstr("(status 429): slow"));
}

TEST(StreamServices, BrokenCallsAreInvalid) {
  ScriptedServer server({upgraded("")});
  Plugin p;
  ASSERT_EQ(p.open(server), TDK_OK) << p.error.message;
  tdk_ws *const ws = p.ws;
  const tdk_cancel no_check{sizeof(tdk_cancel), -1, nullptr, INT64_MAX, nullptr};
  tdk_ws_sink small = p.sink, empty = p.sink;
  small.struct_size = 8;
  empty.on_message = nullptr;
  int local = 0;
  auto *stranger = reinterpret_cast<tdk_ws *>(&local);
  auto *as_lines = reinterpret_cast<tdk_lines *>(ws);
  const std::vector<std::pair<const char *, std::function<tdk_status()>>> cases = {
      {"no place", [&] { return serve_ws_open(*p.context, &p.request, nullptr, nullptr, nullptr); }},
      {"no request", [&] { return serve_ws_open(*p.context, nullptr, nullptr, &p.ws, nullptr); }},
      {"bad cancel", [&] { return serve_ws_receive(ws, 0, &p.sink, &no_check, nullptr); }},
      {"no sink", [&] { return serve_ws_receive(ws, 0, nullptr, nullptr, nullptr); }},
      {"small sink", [&] { return serve_ws_receive(ws, 0, &small, nullptr, nullptr); }},
      {"empty sink", [&] { return serve_ws_receive(ws, 0, &empty, nullptr, nullptr); }},
      {"NULL handle", [&] { return serve_ws_receive(nullptr, 0, &p.sink, nullptr, nullptr); }},
      {"stranger", [&] { return serve_ws_receive(stranger, 0, &p.sink, nullptr, nullptr); }},
      {"NULL data", [&] { return serve_ws_send(ws, 1, nullptr, 1, nullptr, nullptr); }},
      {"huge data", [&] { return serve_ws_send(ws, 1, "x", UINT64_MAX, nullptr, nullptr); }},
      {"broken text", [&] { return serve_ws_send(ws, 1, "\xff", 1, nullptr, nullptr); }},
      {"a WebSocket is no line stream", [&] { return serve_lines_receive(as_lines, 0, &p.line_sink, nullptr, nullptr); }},
      {"no place for lines", [&] { return serve_lines_open(*p.context, &p.request, nullptr, &p.status, nullptr, nullptr); }},
      {"no place for the status", [&] { return serve_lines_open(*p.context, &p.request, nullptr, nullptr, &p.lines, nullptr); }},
  };
  for (const auto &[name, call] : cases) EXPECT_EQ(call(), TDK_INVALID_ARGUMENT) << name;
  serve_ws_close(nullptr);
  serve_ws_close(stranger);
  serve_lines_close(as_lines);
  EXPECT_EQ(serve_ws_receive(ws, 0, &p.sink, nullptr, &p.error), TDK_OK) << "the stream is still there: " << p.error.message;
  EXPECT_EQ(serve_ws_receive(ws, INT64_MIN, &p.sink, nullptr, nullptr), TDK_OK) << "a time in the past is no wait";
}

TEST(StreamServices, SinkThatThrowsOrLiesIsABugOfThePlugin) {
  ScriptedServer server({upgraded(server_text("a") + server_text("b") + server_text("c"))});
  Plugin p;
  ASSERT_EQ(p.open(server), TDK_OK) << p.error.message;
  p.then = []() -> tdk_status { return 4711; };
  EXPECT_EQ(p.receive(), TDK_INTERNAL);
  p.then = []() -> tdk_status { throw 1; };
  EXPECT_EQ(p.receive(), TDK_INTERNAL);
  p.then = nullptr;
  EXPECT_EQ(p.receive(), TDK_OK);
  EXPECT_THAT(p.messages, ElementsAre("a", "b", "c"));
}

TEST(StreamServices, SinkMayCloseItsStream) {
  ScriptedServer server({upgraded(server_text("a") + server_text("b"))});
  Plugin p;
  ASSERT_EQ(p.open(server), TDK_OK) << p.error.message;
  p.then = [&] {
    serve_ws_close(p.ws);
    return tdk_status{TDK_OK};
  };
  EXPECT_EQ(p.receive(), TDK_STOP);
  EXPECT_THAT(p.messages, ElementsAre("a"));
}

TEST(StreamServices, SecondThreadIsRefusedMeanwhile) {
  ScriptedServer server({upgraded(server_text("a"))});
  Plugin p;
  ASSERT_EQ(p.open(server), TDK_OK) << p.error.message;
  tdk_status other = TDK_OK;
  p.then = [&] {
    std::thread([&] {
      other = serve_ws_send(p.ws, 1, "x", 1, nullptr, nullptr);
      serve_ws_close(p.ws);  // takes effect when the receive() has ended
    }).join();
    return tdk_status{TDK_OK};
  };
  EXPECT_EQ(p.receive(), TDK_OK);
  EXPECT_EQ(other, TDK_INVALID_ARGUMENT);
  EXPECT_EQ(p.receive(), TDK_INVALID_ARGUMENT) << "closed";
}

TEST(StreamServices, WhatIsLeftOpenEndsWithTheInstance) {
  std::promise<std::string> first, second;
  ScriptedServer server({upgraded([&](Peer &p) { first.set_value(ClientFrames(p).next()); }),
                         upgraded([&](Peer &p) { second.set_value(ClientFrames(p).next()); })});
  Plugin p;
  ASSERT_EQ(p.open(server), TDK_OK) << p.error.message;
  close_streams(*p.context);  // as after run_stream()
  EXPECT_EQ(first.get_future().get(), "close 1000 ");
  EXPECT_EQ(p.receive(), TDK_INVALID_ARGUMENT);
  ASSERT_EQ(p.open(server), TDK_OK) << p.error.message;
  p.context.reset();
  EXPECT_EQ(second.get_future().get(), "close 1000 ");
  EXPECT_EQ(p.receive(), TDK_INVALID_ARGUMENT);
}

TEST(StreamServices, OneInstanceOpensAtMost64) {
  ScriptedServer server(std::vector<Scene>(65, upgraded("")));
  Plugin p;
  for (int i = 0; i < 64; ++i) ASSERT_EQ(p.open(server), TDK_OK) << i << ": " << p.error.message;
  EXPECT_EQ(p.open(server), TDK_INVALID_ARGUMENT);
  EXPECT_THAT(p.error.message, HasSubstr("64 streams are open already"));
}
