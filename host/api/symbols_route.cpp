// GET /api/v1/symbols?query=: what vendors have under a name. GET /api/v1/symbols/{symbol}/earliest: since when.
#include "api/fact_json.hpp"
#include "api/query_params.hpp"
#include "api/routes.hpp"

namespace tapedeck::api {
namespace {

constexpr std::size_t kLongestQuery = 100;
constexpr std::uint64_t kUsualLimit = 50;

const char *status_text(std::uint32_t status) {
  switch (status) {
    case TDK_SYMBOL_TRADING: return "trading";
    case TDK_SYMBOL_HALTED: return "halted";
    case TDK_SYMBOL_DELISTED: return "delisted";
    default: return "";
  }
}

void write_symbol(JsonWriter &json, const SymbolInfo &s, const std::string &source) {
  json.begin('{').key("symbol").text(s.symbol).key("name").text_or_null(s.name);
  json.key("asset_class").text(asset_name(s.asset_class)).key("exchange").text_or_null(s.exchange);
  json.key("currency").text_or_null(s.currency).key("country").text_or_null(s.country);
  json.key("isin").text_or_null(s.isin).key("vendor_symbol").text_or_null(s.vendor_symbol);
  json.key("status").text_or_null(status_text(s.status)).key("earliest").time(s.earliest);
  json.key("source").text(source).end('}');
}

void write_answer(JsonWriter &json, const SymbolsAnswer &answer, Nanos now) {
  json.begin('{').key("symbols").begin('[');
  for (const auto &part : answer.found)
    for (const auto &symbol : part.value) write_symbol(json, symbol, part.source);
  json.end(']').key("providers").begin('[');
  for (const auto &part : answer.found) {
    json.begin('{').key("found").number(part.value.size());
    write_origin(json, part, now);
    json.end('}');
  }
  for (const auto &[source, error] : answer.errors) {
    json.begin('{').key("source").text(source);
    write_error(json, vendor_error(error));
    json.end('}');
  }
  json.end(']').end('}');
}

}  // namespace

void answer_symbols(RouteCall &call) try {
  const QueryParams params(call.request.query, {"query", "limit", "provider"});
  const std::string *query = params.find("query"), *provider = params.find("provider");
  if (query == nullptr) throw invalid_parameter("parameter 'query' is missing", "add query=EUR, for example");
  if (query->size() > kLongestQuery) throw invalid_parameter("parameter 'query' is longer than 100 bytes", "a part of a name is enough");
  const std::uint64_t limit = params.count("limit", call.server.limits.symbols).value_or(kUsualLimit);
  const VendorCall vendor(call);
  const auto answer = vendor.facts().symbols(*query, limit, provider == nullptr ? "" : *provider, call.cancel.raw());
  JsonWriter json;
  write_answer(json, answer, call.server.ports.clock.now_ns());
  call.response.send(200, kJson, json.take() + "\n");
} catch (const Error &e) {
  throw vendor_error(e);
}

void answer_earliest(RouteCall &call) try {
  const QueryParams params(call.request.query, {"interval"});
  const auto interval = params.interval();
  if (!interval) throw invalid_parameter("parameter 'interval' is missing", "add interval=1d, for example");
  const VendorCall vendor(call);
  const auto answer = vendor.facts().earliest(call.symbol, *interval, call.cancel.raw());
  const Nanos now = call.server.ports.clock.now_ns();
  JsonWriter json;
  json.begin('{').key("symbol").text(answer.series.symbol).key("interval").text(interval->name());
  json.key("price").text(price_type_name(answer.series.price_type)).key("earliest").time(answer.first.value);
  write_origin(json, answer.first, now);
  add_age(call, answer.first.fetched_at, now);
  call.response.send(200, kJson, json.end('}').take() + "\n");
} catch (const Error &e) {
  throw vendor_error(e);
}

}  // namespace tapedeck::api
