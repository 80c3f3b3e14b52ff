// /quote, /price, /eod, /exchange_rate, and what all requests of a symbol share.
#include <algorithm>

#include "sim/text.hpp"
#include "sim/time_text.hpp"
#include "sim/twelvedata/bars.hpp"
#include "sim/twelvedata/endpoints.hpp"

namespace tapedeck::sim::twelvedata {
namespace {

constexpr std::string_view kIntervals =
    "1min, 5min, 15min, 30min, 45min, 1h, 2h, 4h, 8h, 1day, 1week, 1month";

std::string identity_of(const Instrument &i) {
  std::string out = concat({"\"symbol\":", json_text(i.symbol)});
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) out += concat({",\"", name, "\":", json_text(value)});
  };
  add("name", i.name);
  add("exchange", i.exchange);
  add("mic_code", i.mic);
  add("currency", i.currency);
  return out;
}

}  // namespace

const Instrument &known(const Context &context, const std::string &symbol) {
  const Instrument *found = context.listing.find(symbol);
  if (found == nullptr) throw unknown_symbol();
  const bool basic = context.settings.per_minute <= 8;
  if (basic && !found->plan.empty())
    refuse(404, concat({"This symbol is available starting with the ", found->plan,
                        " plan. Consider upgrading now at https://twelvedata.com/pricing"}));
  return *found;
}

Interval asked_interval(const Query &query, std::string_view otherwise) {
  const std::string_view name = query.get("interval", otherwise);
  if (const auto interval = bar_interval(name)) return *interval;
  refuse(400,
         concat({"Invalid **interval** provided: ", name, ". Supported intervals: ", kIntervals}));
}

Zone asked_zone(const Query &query, const Instrument &instrument) {
  const std::string_view name = query.get("timezone", "Exchange");
  if (name == "Exchange") return instrument.zone();
  if (const auto zone = Zone::find(name)) return *zone;
  refuse(400, concat({"Invalid **timezone** provided: ", name,
                      ". Use Exchange, UTC or an IANA name; names are case-sensitive"}));
}

Candle last_minute(const Context &context, const Instrument &instrument) {
  const std::vector<Candle> found =
      bars({instrument, *bar_interval("1min"), context.now_ms - 7 * kDayMs, context.now_ms, 1,
            context.now_ms},
           context.settings);
  if (found.empty()) throw no_data();
  return found.back();
}

Part quote(const Context &context, const Query &query, const std::string &symbol) {
  const Instrument &i = known(context, symbol);
  const Interval interval = asked_interval(query, "1day");
  const std::vector<Candle> two =
      bars({i, interval, -kNoTimeLimit, kNoTimeLimit, 2, context.now_ms}, context.settings);
  if (two.empty()) throw no_data();
  const Candle &bar = two.back();
  const Zone zone = asked_zone(query, i);
  const std::string time = has_dates(interval)
                               ? date_text(bar.open_time)
                               : date_time_text(bar.open_time + zone.offset_ms(bar.open_time));
  std::string out =
      concat({"{", identity_of(i), ",\"datetime\":\"", time,
              "\",\"timestamp\":", std::to_string(bar.open_time / 1'000),
              ",\"last_quote_at\":", std::to_string(last_minute(context, i).open_time / 1'000)});
  const auto add = [&](std::string_view name, const std::string &value) {
    out += concat({",\"", name, "\":\"", value, "\""});
  };
  add("open", price_text(i, bar.open));
  add("high", price_text(i, bar.high));
  add("low", price_text(i, bar.low));
  add("close", price_text(i, bar.close));
  if (i.has_volume()) add("volume", std::to_string(static_cast<std::int64_t>(bar.volume / kUnit)));
  add("previous_close", price_text(i, two.front().close));
  add("change", decimal_text(bar.close - two.front().close));
  out += concat({",\"is_market_open\":", is_open(i, context.now_ms) ? "true" : "false", "}"});
  return {std::move(out), 1};
}

Part price(const Context &context, const Query &, const std::string &symbol) {
  const Instrument &i = known(context, symbol);
  return {concat({"{\"price\":\"", price_text(i, last_minute(context, i).close), "\"}"}), 1};
}

Part end_of_day(const Context &context, const Query &, const std::string &symbol) {
  const Instrument &i = known(context, symbol);
  const std::vector<Candle> days = bars(
      {i, *bar_interval("1day"), -kNoTimeLimit, kNoTimeLimit, 1, context.now_ms}, context.settings);
  if (days.empty()) throw no_data();
  return {concat({"{", identity_of(i), ",\"datetime\":\"", date_text(days.back().open_time),
                  "\",\"close\":\"", price_text(i, days.back().close), "\"}"}),
          1};
}

/// Here the rate is a JSON number.
Part exchange_rate(const Context &context, const Query &, const std::string &symbol) {
  const Instrument &i = known(context, symbol);
  if (!i.is_pair()) throw unknown_symbol();
  const Candle last = last_minute(context, i);
  return {concat({"{\"symbol\":", json_text(i.symbol), ",\"rate\":", price_text(i, last.close),
                  ",\"timestamp\":", std::to_string(last.open_time / 1'000), "}"}),
          1};
}

}  // namespace tapedeck::sim::twelvedata
