#include "runtime/host_services.hpp"

#include "net/stream_test_support.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;
using ::testing::HasSubstr;

namespace {

struct Instance {
  Instance() {
    settings.plugin = "acme";
    settings.http = &client;
    settings.account = &account;
    settings.metrics = &metrics;
    settings.clock = &clock;
    host = make_host_services(settings);
  }
  template <class T>
  const T *table(const char *iid) const {
    return static_cast<const T *>(host->get_interface(host.get(), iid));
  }
  ManualClock clock{1'700'000'000 * kSecond};
  HttpClient client{{}, clock};
  Account account{"acme", clock};
  Metrics metrics;
  HostServicesSettings settings;
  std::shared_ptr<const tdk_host> host;
};

}  // namespace

TEST(HostServices, WebSocketIsServedCountedAndClosedAtTheEnd) {
  ScriptedServer server({upgraded(server_text("12345"))});
  Instance instance;
  const auto *websocket = instance.table<tdk_host_websocket>(TDK_IID_HOST_WEBSOCKET);
  ASSERT_NE(websocket, nullptr);
  const std::string url = "ws://127.0.0.1:" + std::to_string(server.port()) + "/ws";
  tdk_http_request request{};
  request.struct_size = sizeof request;
  request.method = str("GET");
  request.url = str(url);
  tdk_error error = detail::fresh();
  tdk_ws *ws = nullptr;
  ASSERT_EQ(websocket->open(instance.host.get(), &request, nullptr, &ws, &error), TDK_OK) << error.message;
  int messages = 0;
  const tdk_ws_sink sink{sizeof sink, 0, &messages, [](void *n, std::int32_t, tdk_bytes) -> tdk_status {
                           ++*static_cast<int *>(n);
                           return TDK_OK;
                         }};
  while (messages == 0) ASSERT_EQ(websocket->receive(ws, 10 * kSecond, &sink, nullptr, &error), TDK_OK) << error.message;
  EXPECT_THAT(instance.metrics.text(), HasSubstr("tapedeck_stream_messages_total{plugin=\"acme\"} 1\n"));
  EXPECT_THAT(instance.metrics.text(), HasSubstr("tapedeck_stream_bytes_total{plugin=\"acme\"} 5\n"));
  close_streams(*instance.host);
  EXPECT_EQ(websocket->receive(ws, 0, &sink, nullptr, &error), TDK_INVALID_ARGUMENT);
}

TEST(HostServices, LinesAreServed) {
  ScriptedServer server({[](Peer &p) {
    p.read_head();
    p.send("HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno");
  }});
  Instance instance;
  const auto *lines = instance.table<tdk_host_lines>(TDK_IID_HOST_LINES);
  ASSERT_NE(lines, nullptr);
  const std::string url = server.url("/lines");
  tdk_http_request request{};
  request.struct_size = sizeof request;
  request.method = str("GET");
  request.url = str(url);
  std::int32_t status = 0;
  tdk_lines *out = nullptr;
  tdk_error error = detail::fresh();
  EXPECT_EQ(lines->open(instance.host.get(), &request, nullptr, &status, &out, &error), TDK_PERMISSION_DENIED);
  EXPECT_EQ(status, 403);
}

TEST(HostServices, StoragesGetNoStreams) {
  HostServicesSettings settings;
  settings.clock = &system_clock();
  const auto host = make_host_services(settings);
  EXPECT_EQ(host->get_interface(host.get(), TDK_IID_HOST_WEBSOCKET), nullptr);
  EXPECT_EQ(host->get_interface(host.get(), TDK_IID_HOST_LINES), nullptr);
  close_streams(*host);
}
