// Health, readiness, metrics, vendors, the index, and the paths and methods there are not.
#include <boost/json.hpp>

#include "api/api_test_support.hpp"

using namespace tapedeck;
using namespace tapedeck::api;
namespace {

class System : public ApiTest {};

SourceStatus binance() {
  SourceStatus s;
  s.name = "binance";
  s.module = "binance";
  s.version = "0.1.0";
  s.health = SourceHealth::Degraded;
  s.requests_total = 12;
  s.errors_total = 2;
  s.requests_last_minute = 5;
  s.budgets = {{"request_weight", 6000, 60, 120, kStart}};
  s.hold_until = kStart + kMinute;
  s.hold_reason = "HTTP 429";
  s.streams = {{"p", "open", 5, s.hold_until, "refused"}};
  return s;
}

}  // namespace

TEST_F(System, HealthTellsVersionAndUptime) {
  start();
  clock.advance(90 * kSecond);
  EXPECT_EQ(get("/health").body, "{\"status\":\"ok\",\"version\":\"1.2.3\",\"uptime_s\":90}\n");
}

TEST_F(System, HealthTakesTheParametersOfProbes) { EXPECT_EQ(get("/health?probe=1").status, 200); }

TEST_F(System, ReadyGivesReasonsWhenItIsNot) {
  EXPECT_EQ(get("/ready").body, "{\"status\":\"ready\",\"reasons\":[]}\n");
  not_ready = {"the store \"market\" is not open"};
  const Answer a = get("/ready");
  EXPECT_EQ(a.status, 503);
  EXPECT_EQ(a.body, "{\"status\":\"not_ready\",\"reasons\":[\"the store \\\"market\\\" is not open\"]}\n");
}

TEST_F(System, MetricsAreInPrometheusFormat) {
  const Answer a = get("/metrics");
  EXPECT_EQ(a.body, "up 1\n");
  EXPECT_EQ(a.headers.at("content-type"), "text/plain; version=0.0.4; charset=utf-8");
}

TEST_F(System, SourcesShowEveryField) {
  sources = {binance()};
  EXPECT_EQ(get("/api/v1/sources").body,
            "{\"sources\":[{\"name\":\"binance\",\"module\":\"binance\",\"version\":\"0.1.0\",\"health\":\"degraded\","
            "\"requests_total\":12,\"errors_total\":2,\"requests_last_minute\":5,\"budgets\":[{\"name\":\"request_weight\","
            "\"capacity\":6000,\"window_s\":60,\"used\":120,\"resets_at\":\"2024-01-01T00:00:00Z\"}],"
            "\"hold_until\":\"2024-01-01T00:01:00Z\",\"hold_reason\":\"HTTP 429\",\"last_error\":null,"
            "\"last_error_at\":null,\"last_success_at\":null,\"streams\":[{\"pipeline\":\"p\",\"breaker\":\"open\",\"failures\":5,"
            "\"next_try\":\"2024-01-01T00:01:00Z\",\"last_error\":\"refused\"}]}]}\n");
  EXPECT_EQ(error_of("/api/v1/sources?x=1", 400), "invalid_parameter: this path takes no parameters");
}

TEST_F(System, PortsThatFailAreAServerError) {
  ApiPorts p = ports();
  p.sources = []() -> std::vector<SourceStatus> { throw std::runtime_error("https://u:secret@host/ is broken"); };
  ApiConfig config;
  config.port = 0;
  server = std::make_unique<ApiServer>(config, p);
  server->start();
  const Answer a = get("/api/v1/sources");
  EXPECT_EQ(a.status, 500);
  EXPECT_EQ(a.body.find("secret"), std::string::npos) << a.body;
  EXPECT_TRUE(eventually([&] { return server->counts().server_errors == 1; }));
}

TEST_F(System, TheIndexListsTheRoutes) {
  const auto body = boost::json::parse(get("/").body);
  EXPECT_EQ(body.at("version"), "1.2.3");
  EXPECT_EQ(body.at("routes").as_array().size(), 15u);
  for (const auto &r : body.at("routes").as_array()) {
    const std::string path(r.at("path").as_string());
    if (r.at("method") == "GET" && path.find('{') == std::string::npos) {
      EXPECT_NE(get(path).status, 404) << path;
    }
  }
}

TEST_F(System, EveryAnswerCarriesTheSafetyHeaders) {
  for (const char *path : {"/", "/health", "/nothing", "/api/v1/candles/BTCUSDT?interval=1m", "/api/v1/coverage"}) {
    const Answer a = get(path);
    EXPECT_EQ(a.headers.at("cache-control"), "no-store") << path;
    EXPECT_EQ(a.headers.at("x-content-type-options"), "nosniff") << path;
    EXPECT_EQ(a.headers.at("date"), "Wed, 31 Jan 2024 00:00:00 GMT") << path;
    EXPECT_FALSE(a.headers.contains("access-control-allow-origin")) << path;
  }
}

TEST_F(System, UnknownPathsNameTheNearest) {
  EXPECT_EQ(error_of("/helth", 404), "not_found: did you mean /health?");
  EXPECT_EQ(error_of("/api/v1/candels/BTCUSDT", 404), "not_found: did you mean /api/v1/candles/BTCUSDT?");
  EXPECT_EQ(error_of("/api/v1/candles/BTC/USDT", 404),
            "not_found: write the slash of a symbol as %2F, as in BTC%2FUSDT, or leave it out: BTCUSDT");
  EXPECT_EQ(error_of("/wp-admin/setup.php", 404), "not_found: GET / lists what there is");
  EXPECT_EQ(error_of("/health/", 404), "not_found: did you mean /health?");
  EXPECT_EQ(error_of("/../../etc/passwd", 404), "not_found: GET / lists what there is");
}

TEST_F(System, OtherMethodsAreNotAllowed) {
  for (const char *method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"}) {
    const Answer a = request(std::string(method) + " /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}");
    EXPECT_EQ(a.status, 405) << method;
    EXPECT_EQ(a.headers.at("allow"), "GET, HEAD") << method;
  }
}

TEST_F(System, HeadGivesTheHeaderOfGet) {
  for (const char *path : {"/", "/health", "/ready", "/metrics", "/api/v1/sources", "/api/v1/coverage", "/api/v1/coverage/BTCUSDT",
                           "/nothing"}) {
    const Answer g = get(path);
    RawClient client(server->port());
    client.send("HEAD " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n\r\n" + get_text("/health"));
    const Answer h = client.answer(true);
    EXPECT_EQ(h.status, g.status) << path;
    EXPECT_EQ(h.headers.at("content-length"), std::to_string(g.body.size())) << path;
    EXPECT_EQ(client.answer().status, 200) << "no body went before the next answer: " << path;
  }
}

TEST_F(System, TheAccessLogHasALineForEachRequest) {
  get("/api/v1/sources?token=hush");
  ASSERT_TRUE(eventually([&] { return !debug_lines().empty(); }));
  const std::string line = debug_lines().back();
  EXPECT_NE(line.find("GET /api/v1/sources?token=*** 400 "), std::string::npos) << line;
}
