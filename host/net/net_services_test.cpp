#include "net/net_services.hpp"

#include "net/net_test_support.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

struct Plugin {
  explicit Plugin(std::vector<std::string> secrets = {}) : context(client, account, [] { return Priority::Live; }, std::move(secrets)) {
    request.struct_size = sizeof request;
    request.method = str("GET");
    error = detail::fresh();
    sink = {sizeof sink, 0, this, [](void *self, const tdk_http_response *r) -> tdk_status {
              return static_cast<Plugin *>(self)->on_answer(*r);
            }};
  }
  tdk_status on_answer(const tdk_http_response &r) {
    ++answers;
    status = r.status;
    body.assign(reinterpret_cast<const char *>(r.body.data), r.body.size);
    return then ? then(r) : TDK_OK;
  }
  tdk_status get(const std::string &url) {
    request.url = str(url);
    return serve_http(context, &request, &sink, nullptr, &error);
  }

  ManualClock clock{1'700'000'040 * kSecond};
  HttpClient client{{}, clock};
  Account account{"acme", clock};
  NetContext context;
  tdk_http_request request{};
  tdk_http_sink sink{};
  tdk_error error{};
  int answers = 0;
  int status = 0;
  std::string body;
  std::function<tdk_status(const tdk_http_response &)> then;
};

Scene serve() {
  return [](Peer &p) {
    for (std::string head = p.read_head(); !head.empty(); head = p.read_head()) p.answer("ok", "X-Used: 30\r\n");
  };
}

}  // namespace

TEST(NetServices, DeliverAnAnswerOnce) {
  ScriptedServer server({serve()});
  Plugin p;
  const tdk_kv header = {str("X-Key"), str("k")};
  p.request.headers = &header;
  p.request.header_count = 1;
  p.then = [](const tdk_http_response &r) {
    return r.header_count == 2 && sv(r.headers[1].key) == "X-Used" ? TDK_STOP : TDK_INTERNAL;
  };
  EXPECT_EQ(p.get(server.url()), TDK_STOP) << "what the sink says is handed on";
  EXPECT_EQ(p.answers, 1);
  EXPECT_EQ(p.status, 200);
  EXPECT_EQ(p.body, "ok");
}

TEST(NetServices, SinkThatThrowsOrLiesIsABugOfThePlugin) {
  ScriptedServer server({serve()});
  Plugin p;
  p.then = [](const tdk_http_response &) -> tdk_status { return 4711; };
  EXPECT_EQ(p.get(server.url()), TDK_INTERNAL);
  p.then = [](const tdk_http_response &) -> tdk_status { throw 1; };
  EXPECT_EQ(p.get(server.url()), TDK_INTERNAL);
}

TEST(NetServices, SinkMayAskForMore) {
  ScriptedServer server({serve(), serve()});
  Plugin p;
  p.then = [&](const tdk_http_response &) {
    p.then = nullptr;
    return p.get(server.url("/second"));
  };
  EXPECT_EQ(p.get(server.url()), TDK_OK);
  EXPECT_EQ(p.answers, 2);
}

TEST(NetServices, ErrorsCarryStatusAndTextWithoutSecrets) {
  std::string url;
  {
    const ScriptedServer gone({});
    url = gone.url("/t0psecret/x");
  }
  Plugin p({"t0psecret"});
  p.request.flags = TDK_HTTP_NO_RETRY;
  EXPECT_EQ(p.get(url), TDK_UNAVAILABLE);
  EXPECT_EQ(p.error.code, TDK_UNAVAILABLE);
  EXPECT_THAT(p.error.message, HasSubstr("/***/x: connection refused"));
  EXPECT_EQ(p.answers, 0);
}

TEST(NetServices, BrokenRequestsAreInvalid) {
  const tdk_kv bad_header = {{nullptr, 5}, str("v")};
  const std::vector<std::pair<const char *, std::function<void(Plugin &)>>> cases = {
      {"struct_size", [](Plugin &p) { p.request.struct_size = 8; }},
      {"flags", [](Plugin &p) { p.request.flags = 0x80; }},
      {"method", [](Plugin &p) { p.request.method = {nullptr, 3}; }},
      {"empty method", [](Plugin &p) { p.request.method = {nullptr, 0}; }},
      {"huge method", [](Plugin &p) { p.request.method = {"G", UINT64_MAX}; }},
      {"NULL headers", [](Plugin &p) { p.request.header_count = 3; }},
      {"huge count", [&](Plugin &p) { p.request.headers = &bad_header; p.request.header_count = UINT64_MAX; }},
      {"NULL key", [&](Plugin &p) { p.request.headers = &bad_header; p.request.header_count = 1; }},
      {"NULL body", [](Plugin &p) { p.request.body = {nullptr, 10}; }},
      {"huge body", [](Plugin &p) { p.request.body = {reinterpret_cast<const std::uint8_t *>("x"), UINT64_MAX}; }},
      {"NULL costs", [](Plugin &p) { p.request.cost_count = 1; }},
      {"no sink", [](Plugin &p) { p.sink.on_response = nullptr; }},
      {"old sink", [](Plugin &p) { p.sink.struct_size = 8; }},
  };
  for (const auto &[name, break_it] : cases) {
    Plugin p;
    break_it(p);
    EXPECT_EQ(p.get("http://127.0.0.1:1/"), TDK_INVALID_ARGUMENT) << name;
    EXPECT_NE(p.error.message[0], 0) << name;
  }
  Plugin p;
  EXPECT_EQ(serve_http(p.context, nullptr, &p.sink, nullptr, nullptr), TDK_INVALID_ARGUMENT);
  EXPECT_EQ(serve_http(p.context, &p.request, nullptr, nullptr, &p.error), TDK_INVALID_ARGUMENT);
  EXPECT_EQ(serve_http(p.context, &p.request, &p.sink, nullptr, &p.error), TDK_INVALID_ARGUMENT) << "no URL";
  tdk_cancel token{};
  p.request.url = str("http://127.0.0.1:1/");
  EXPECT_EQ(serve_http(p.context, &p.request, &p.sink, &token, &p.error), TDK_INVALID_ARGUMENT);
}

TEST(NetServices, OlderPluginsRequestIsUnderstood) {
  ScriptedServer server({serve()});
  Plugin p;
  p.request.struct_size = offsetof(tdk_http_request, headers);
  p.request.header_count = UINT64_MAX;  // memory that is not the plugin's request any more
  p.request.cost_count = UINT64_MAX;
  EXPECT_EQ(p.get(server.url()), TDK_OK);
}

TEST(NetServices, TokenWithABrokenFdIsStillHeard) {
  ScriptedServer server({[](Peer &peer) { peer.hang(); }});
  Plugin p;
  int asked = 0;
  tdk_cancel token{sizeof token, 9999, &asked, INT64_MAX, [](const tdk_cancel *self) -> tdk_status {
                     return ++*static_cast<int *>(self->ctx) > 5 ? TDK_CANCELLED : TDK_OK;
                   }};
  const std::string url = server.url();
  p.request.url = str(url);
  EXPECT_EQ(serve_http(p.context, &p.request, &p.sink, &token, &p.error), TDK_CANCELLED);
}

TEST(NetServices, FigureReadInASinkBelongsToThatAnswer) {
  ScriptedServer server({serve()});
  Plugin p;
  const tdk_budget budget{sizeof budget, TDK_BUDGET_FIXED, str("weight"), 100, 60 * kSecond};
  std::uint64_t handle = 0;
  ASSERT_EQ(serve_budget_define(p.context, &budget, &handle, &p.error), TDK_OK);
  const tdk_cost cost = {handle, 90};
  p.request.costs = &cost;
  p.request.cost_count = 1;
  p.then = [&](const tdk_http_response &) { return serve_budget_observe(p.context, handle, 30); };
  ASSERT_EQ(p.get(server.url()), TDK_OK);
  EXPECT_EQ(p.account.snapshot().budgets[0].used, 30u);
  EXPECT_EQ(serve_budget_observe(p.context, handle, 10), TDK_OK);
  EXPECT_EQ(p.account.snapshot().budgets[0].used, 30u) << "out of a sink nobody knows how old it is";
}

TEST(NetServices, BudgetsAreCheckedToo) {
  Plugin p;
  std::uint64_t handle = 0;
  tdk_budget budget{sizeof budget, TDK_BUDGET_FIXED, str("weight"), 100, 60 * kSecond};
  EXPECT_EQ(serve_budget_define(p.context, nullptr, &handle, nullptr), TDK_INVALID_ARGUMENT);
  EXPECT_EQ(serve_budget_define(p.context, &budget, nullptr, nullptr), TDK_INVALID_ARGUMENT);
  budget.kind = 7;
  EXPECT_EQ(serve_budget_define(p.context, &budget, &handle, &p.error), TDK_INVALID_ARGUMENT);
  budget.kind = TDK_BUDGET_SLIDING;
  budget.capacity = 0;
  EXPECT_EQ(serve_budget_define(p.context, &budget, &handle, &p.error), TDK_INVALID_ARGUMENT);
  budget.capacity = 1;
  budget.name = {nullptr, 4};
  EXPECT_EQ(serve_budget_define(p.context, &budget, &handle, &p.error), TDK_INVALID_ARGUMENT);
  EXPECT_EQ(serve_budget_observe(p.context, 1, 5), TDK_INVALID_ARGUMENT);
  EXPECT_EQ(serve_budget_hold(p.context, -1, str("x")), TDK_INVALID_ARGUMENT);
  EXPECT_EQ(serve_budget_hold(p.context, 1, {nullptr, 9}), TDK_INVALID_ARGUMENT);
}

TEST(NetServices, HoldIsShownWithoutSecrets) {
  Plugin p({"t0psecret"});
  EXPECT_EQ(serve_budget_hold(p.context, 5 * kSecond, str("key t0psecret is blocked")), TDK_OK);
  EXPECT_EQ(p.account.snapshot().hold_reason, "key *** is blocked");
}
