// Health, readiness, metrics, vendors, and the list of what there is.
#include "api/json_writer.hpp"
#include "api/query_params.hpp"
#include "api/routes.hpp"

namespace tapedeck::api {
namespace {

constexpr std::string_view kIndex = R"({"name":"tapedeck","version":%,"routes":[
{"method":"GET","path":"/api/v1/candles/{symbol}","parameters":["interval","from","to","limit","order","format"]},
{"method":"GET","path":"/api/v1/coverage","parameters":["interval","from","to"]},
{"method":"GET","path":"/api/v1/coverage/{symbol}","parameters":["interval","from","to","limit"]},
{"method":"GET","path":"/api/v1/sources","parameters":[]},
{"method":"GET","path":"/api/v1/latest/{symbol}","parameters":["interval","price"]},
{"method":"GET","path":"/api/v1/quotes","parameters":["symbols"]},
{"method":"GET","path":"/api/v1/quotes/{symbol}","parameters":[]},
{"method":"GET","path":"/api/v1/symbols","parameters":["query","limit","provider"]},
{"method":"GET","path":"/api/v1/symbols/{symbol}/earliest","parameters":["interval"]},
{"method":"GET","path":"/api/v1/instruments","parameters":["asset_class"]},
{"method":"GET","path":"/api/v1/events/economic","parameters":["from","to","country","provider"]},
{"method":"WS","path":"/api/v1/stream","parameters":[]},
{"method":"GET","path":"/health","parameters":[]},
{"method":"GET","path":"/ready","parameters":[]},
{"method":"GET","path":"/metrics","parameters":[]}]}
)";

void write_budget(JsonWriter &json, const SourceBudget &b) {
  json.begin('{').key("name").text(b.name).key("capacity").number(b.capacity).key("window_s").number(b.window_s);
  json.key("used").number(b.used).key("resets_at").time(b.resets_at).end('}');
}

void write_stream(JsonWriter &json, const SourceStream &s) {
  json.begin('{').key("pipeline").text(s.pipeline).key("breaker").text(s.breaker).key("failures").number(s.failures);
  json.key("next_try").time(s.next_try).key("last_error").text_or_null(s.last_error).end('}');
}

void write_source(JsonWriter &json, const SourceStatus &s) {
  json.begin('{').key("name").text(s.name).key("module").text(s.module).key("version").text(s.version);
  json.key("health").text(source_health_name(s.health));
  json.key("requests_total").number(s.requests_total).key("errors_total").number(s.errors_total);
  json.key("requests_last_minute").number(s.requests_last_minute).key("budgets").begin('[');
  for (const auto &b : s.budgets) write_budget(json, b);
  json.end(']').key("hold_until").time(s.hold_until).key("hold_reason").text_or_null(s.hold_reason);
  json.key("last_error").text_or_null(s.last_error).key("last_error_at").time(s.last_error_at);
  json.key("last_success_at").time(s.last_success_at).key("streams").begin('[');
  for (const auto &stream : s.streams) write_stream(json, stream);
  json.end(']').end('}');
}

}  // namespace

void answer_sources(RouteCall &call) {
  const QueryParams none(call.request.query, {});
  JsonWriter json;
  json.begin('{').key("sources").begin('[');
  if (call.server.ports.sources)
    for (const auto &s : call.server.ports.sources()) write_source(json, s);
  json.end(']').end('}');
  call.response.send(200, kJson, json.take() + "\n");
}

// The parameters of these four are not looked at: probes and scrapers add their own.
void answer_health(RouteCall &call) {
  const auto up = call.server.ports.clock.monotonic_ns() - call.server.started_ns;
  JsonWriter json;
  json.begin('{').key("status").text("ok").key("version").text(call.server.ports.version);
  json.key("uptime_s").number(up / kSecond).end('}');
  call.response.send(200, kJson, json.take() + "\n");
}

void answer_ready(RouteCall &call) {
  const auto reasons = call.server.ports.not_ready ? call.server.ports.not_ready() : std::vector<std::string>();
  JsonWriter json;
  json.begin('{').key("status").text(reasons.empty() ? "ready" : "not_ready").key("reasons").texts(reasons).end('}');
  call.response.send(reasons.empty() ? 200 : 503, kJson, json.take() + "\n");
}

void answer_metrics(RouteCall &call) {
  const std::string text = call.server.ports.metrics_text ? call.server.ports.metrics_text() : "";
  call.response.send(200, "text/plain; version=0.0.4; charset=utf-8", text);
}

void answer_index(RouteCall &call) {
  std::string text(kIndex);
  text.replace(text.find('%'), 1, json_quoted(call.server.ports.version));
  call.response.send(200, kJson, text);
}

}  // namespace tapedeck::api
