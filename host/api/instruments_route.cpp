// GET /api/v1/instruments: what is configured here, and what is stored.
#include "api/fact_json.hpp"
#include "api/query_params.hpp"
#include "api/routes.hpp"

namespace tapedeck::api {
namespace {

void write_instrument(JsonWriter &json, const InstrumentEntry &entry) {
  const SymbolInfo details = entry.details.value_or(SymbolInfo{});
  json.begin('{').key("symbol").text(entry.symbol).key("asset_class").text_or_null(entry.asset_class);
  json.key("pipelines").texts(entry.pipelines).key("sources").texts(entry.sources);
  json.key("intervals").texts(entry.intervals).key("prices").texts(entry.prices);
  json.key("stored").raw(entry.stored ? "true" : "false").key("name").text_or_null(details.name);
  json.key("exchange").text_or_null(details.exchange).key("currency").text_or_null(details.currency).end('}');
}

}  // namespace

void answer_instruments(RouteCall &call) {
  const QueryParams params(call.request.query, {"asset_class"});
  const bool all = params.find("asset_class") == nullptr;
  const std::string wanted = params.choice("asset_class", {"stock", "index", "forex", "metal", "commodity", "crypto"});
  if (call.server.ports.facts == nullptr) throw HttpError(503, "unavailable", "this server has no catalogue", "ask the host itself: tapedeck run");
  JsonWriter json;
  json.begin('{').key("instruments").begin('[');
  for (const auto &entry : call.server.ports.facts->instruments(call.cancel.raw()))
    if (all || wanted == entry.asset_class) write_instrument(json, entry);
  call.response.send(200, kJson, json.end(']').end('}').take() + "\n");
}

}  // namespace tapedeck::api
