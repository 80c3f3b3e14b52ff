#include "api/fact_json.hpp"

#include <algorithm>

#include "market/decimal.hpp"

namespace tapedeck::api {
namespace {

FactsService &facts_of(RouteCall &call, int now) {
  if (call.server.ports.facts == nullptr) throw HttpError(503, "unavailable", "this server asks no vendors", "ask the host itself: tapedeck run");
  if (now <= call.server.limits.vendor_calls) return *call.server.ports.facts;
  HttpError busy(503, "busy", "too many requests wait for vendors", "try again in a second");
  busy.retry_after_s = 1;
  throw busy;
}

std::int64_t age_s(Nanos fetched_at, Nanos now) { return std::max<Nanos>(now - fetched_at, 0) / kSecond; }

}  // namespace

VendorCall::VendorCall(RouteCall &call) : place_(call.server.count.vendor_calls), facts_(facts_of(call, place_.now())) {}

HttpError vendor_error(const Error &error) {
  HttpError out = to_http_error(error);
  if (error.code() == TDK_NOT_SUPPORTED) {
    out.status = 501;
    out.code = "not_supported";
    if (out.hint.empty()) out.hint = "configure a provider that has it; GET /api/v1/sources lists those that are";
  } else if (error.code() == TDK_NOT_FOUND && out.code == "not_found") {
    out.code = "unknown_symbol";
    if (out.hint.empty()) out.hint = "GET /api/v1/symbols?query= searches what the vendors have";
  } else if (out.status == 500 && error.code() != TDK_INTERNAL) {
    out.status = 502;
    out.code = "vendor_failed";
  }
  return out;
}

void write_origin(JsonWriter &json, const std::string &source, Nanos fetched_at, bool cached, Nanos now) {
  json.key("source").text(source).key("fetched_at").time(fetched_at).key("cached").raw(cached ? "true" : "false");
  json.key("age_s").number(age_s(fetched_at, now));
}

void add_age(RouteCall &call, Nanos fetched_at, Nanos now) {
  call.response.header("Age", std::to_string(age_s(fetched_at, now)));
}

void write_error(JsonWriter &json, const HttpError &error) {
  json.key("error").begin('{').key("code").text(error.code).key("message").text(error.what());
  if (!error.hint.empty()) json.key("hint").text(error.hint);
  json.end('}');
}

void write_decimal(JsonWriter &json, std::int64_t mantissa, int exp) {
  if (mantissa == TDK_NULL_I64) json.raw("null");
  else json.text(format_decimal(mantissa, exp));
}

}  // namespace tapedeck::api
