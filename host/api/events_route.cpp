// GET /api/v1/events/economic: the economic calendar.
#include "api/asked_range.hpp"
#include "api/fact_json.hpp"
#include "api/query_params.hpp"
#include "api/routes.hpp"

namespace tapedeck::api {
namespace {

constexpr Nanos kUsual = 7 * kDay, kLongest = 366 * kDay;
constexpr std::size_t kLongestCountry = 60;

// Without `from` and `to` the week from today on; days, so that those who ask the same day ask the same.
TimeRange read_days(const QueryParams &params, Nanos now) {
  const RangeParams given = read_range(params, now);
  const Nanos today = now - now % kDay;
  const Nanos from = given.from.value_or(given.to ? *given.to - kUsual : today);
  const TimeRange range{from, given.to.value_or(from + kUsual)};
  if (range.to - range.from > kLongest) throw invalid_parameter("the range is longer than a year", "ask in several requests");
  return range;
}

const char *importance_text(std::uint32_t importance) {
  constexpr const char *kNames[] = {"", "low", "medium", "high"};
  return kNames[importance <= 3 ? importance : 0];
}

void write_value(JsonWriter &json, const std::optional<ExactDecimal> &value) {
  write_decimal(json, value ? value->mantissa : TDK_NULL_I64, value ? value->exp : 0);
}

void write_event(JsonWriter &json, const EconomicEvent &e) {
  json.begin('{').key("time").time(e.time).key("country").text_or_null(e.country).key("currency").text_or_null(e.currency);
  json.key("title").text(e.title).key("importance").text_or_null(importance_text(e.importance));
  write_value(json.key("actual"), e.actual);
  write_value(json.key("forecast"), e.forecast);
  write_value(json.key("previous"), e.previous);
  json.key("unit").text_or_null(e.unit).key("id").text_or_null(e.id).end('}');
}

}  // namespace

void answer_events(RouteCall &call) try {
  const QueryParams params(call.request.query, {"from", "to", "country", "provider"});
  const TimeRange range = read_days(params, call.server.ports.clock.now_ns());
  const std::string *country = params.find("country"), *provider = params.find("provider");
  if (country != nullptr && country->size() > kLongestCountry) throw invalid_parameter("parameter 'country' is longer than 60 bytes");
  const VendorCall vendor(call);
  const auto answer = vendor.facts().events(range, country == nullptr ? "" : *country, provider == nullptr ? "" : *provider,
                                            call.cancel.raw());
  const Nanos now = call.server.ports.clock.now_ns();
  JsonWriter json;
  json.begin('{').key("from").time(range.from).key("to").time(range.to);
  write_origin(json, answer.events, now);
  json.key("stale").raw(answer.stale ? "true" : "false");
  if (answer.stale) write_error(json, vendor_error(*answer.stale));
  json.key("events").begin('[');
  for (const auto &e : answer.events.value) write_event(json, e);
  add_age(call, answer.events.fetched_at, now);
  call.response.send(200, kJson, json.end(']').end('}').take() + "\n");
} catch (const Error &e) {
  throw vendor_error(e);
}

}  // namespace tapedeck::api
