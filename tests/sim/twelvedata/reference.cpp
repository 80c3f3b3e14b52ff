// What the vendor lists of exchanges, types and intervals, and whether exchanges are open.
#include <algorithm>
#include <cstdio>

#include "sim/text.hpp"
#include "sim/time_text.hpp"
#include "sim/twelvedata/endpoints.hpp"

namespace tapedeck::sim::twelvedata {
namespace {

struct Exchange {
  std::string_view title, name, code, country, zone;
};
constexpr Exchange kExchanges[] = {
    {"NASDAQ", "NASDAQ", "XNGS", "United States", "America/New_York"},
    {"New York Stock Exchange", "NYSE", "XNYS", "United States", "America/New_York"},
    {"Toronto Stock Exchange", "TSX", "XTSE", "Canada", "America/Toronto"}};

Part list_of(std::string_view name, const std::vector<std::string> &elements) {
  std::string text = concat({"{\"", name, "\":["});
  for (std::size_t n = 0; n < elements.size(); ++n) text += concat({n > 0 ? "," : "", elements[n]});
  return {text + "],\"status\":\"ok\"}", elements.size()};
}

bool is_asked_for(const Exchange &e, const Query &query) {
  const auto fits = [&](std::string_view name, std::string_view value) {
    return !query.find(name) || lower(query.get(name)) == lower(value);
  };
  return fits("name", e.name) && fits("exchange", e.name) && fits("code", e.code) &&
         fits("country", e.country);
}

std::string clock_text(std::int64_t ms) {
  char text[32];
  const long long s = ms / kSecondMs;
  std::snprintf(text, sizeof text, "%02lld:%02lld:%02lld", s / 3'600, s / 60 % 60, s % 60);
  return text;
}

/// The next time at which it is open, or closed, to the minute; and the last one from when on it is
/// what it is.
std::int64_t change(const Instrument &i, std::int64_t from, std::int64_t step) {
  const bool open = is_open(i, from);
  std::int64_t at = floor_div(from, kMinuteMs) * kMinuteMs;
  while (is_open(i, at + step) == open) at += step;
  return step > 0 ? at + step : at;
}

}  // namespace

Part exchanges(const Context &, const Query &query) {
  std::vector<std::string> elements;
  for (const Exchange &e : kExchanges)
    if (is_asked_for(e, query))
      elements.push_back(concat({"{\"title\":", json_text(e.title), ",\"name\":", json_text(e.name),
                                 ",\"code\":", json_text(e.code), ",\"country\":",
                                 json_text(e.country), ",\"timezone\":", json_text(e.zone), "}"}));
  return list_of("data", elements);
}

Part cryptocurrency_exchanges(const Context &context, const Query &) {
  std::vector<std::string> elements;
  for (const Instrument &i : context.listing.all())
    if (i.kind == Class::Crypto)
      elements.push_back(concat({"{\"name\":", json_text(i.exchange), "}"}));
  elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
  return list_of("data", elements);
}

Part instrument_types(const Context &context, const Query &) {
  std::vector<std::string> elements;
  for (const Instrument &i : context.listing.all()) elements.push_back(json_text(i.type()));
  std::sort(elements.begin(), elements.end());
  elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
  return list_of("result", elements);
}

Part intervals(const Context &, const Query &) {
  std::vector<std::string> elements;
  for (const std::string_view name : bar_interval_names()) elements.push_back(json_text(name));
  return list_of("data", elements);
}

/// A bare array.
Part market_state(const Context &context, const Query &query) {
  const Instrument &stock = *context.listing.find("AAPL");  // all keep the same hours
  const bool open = is_open(stock, context.now_ms);
  const std::int64_t since = context.now_ms - change(stock, context.now_ms, -kMinuteMs);
  const std::int64_t left = change(stock, context.now_ms, kMinuteMs) - context.now_ms;
  const std::string zero = clock_text(0);
  std::string text = "[";
  for (const Exchange &e : kExchanges) {
    if (!is_asked_for(e, query)) continue;
    text += concat({text.size() > 1 ? "," : "", "{\"name\":", json_text(e.name),
                    ",\"code\":", json_text(e.code), ",\"country\":", json_text(e.country),
                    ",\"is_market_open\":", open ? "true" : "false", ",\"time_after_open\":\"",
                    open ? clock_text(since) : zero, "\",\"time_to_open\":\"",
                    open ? zero : clock_text(left), "\",\"time_to_close\":\"",
                    open ? clock_text(left) : zero, "\"}"});
  }
  return {text + "]", 1};
}

}  // namespace tapedeck::sim::twelvedata
