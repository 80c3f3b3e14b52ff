// What requests have in common: symbols, intervals, zones, ranges, forms.
#include <algorithm>
#include <charconv>

#include "sim/text.hpp"
#include "sim/time_text.hpp"
#include "sim/twelvedata/endpoints.hpp"

namespace tapedeck::sim::twelvedata {
namespace {

constexpr std::size_t kMostRows = 5'000;
constexpr std::string_view kIntervals =
    "1min, 5min, 15min, 30min, 45min, 1h, 2h, 4h, 8h, 1day, 1week, 1month";

bool same(std::string_view a, std::string_view b) { return lower(a) == lower(b); }

std::size_t asked_rows(const Query &query) {
  const bool dated = query.find("start_date") || query.find("end_date") || query.find("date");
  const auto text = query.find("outputsize");
  if (!text) return dated ? kMostRows : 30;
  std::size_t rows = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), rows);
  if (error != std::errc{} || end != text->data() + text->size() || rows < 1 || rows > kMostRows)
    refuse(400, concat({"Invalid **outputsize** provided: ", *text,
                        ". It has to be a number from 1 to 5000"}));
  return rows;
}

/// `2021-10-27`, `today`, `yesterday`, as midnight of that day on a clock there.
std::int64_t asked_day(const Context &context, const Query &query, Zone zone) {
  const std::string text = lower(query.get("date"));
  const std::int64_t now = context.now_ms + zone.offset_ms(context.now_ms);
  const std::int64_t today = floor_div(now, kDayMs) * kDayMs;
  if (text == "today") return today;
  if (text == "yesterday") return today - kDayMs;
  return floor_div(local_time(query, "date"), kDayMs) * kDayMs;
}

void check_adjustment(const Query &query) {
  const std::string text = lower(query.get("adjust", "splits"));
  for (const std::string_view known : {"all", "splits", "dividends", "none"})
    if (text == known) return;
  refuse(400, concat({"Invalid **adjust** provided: ", text,
                      ". Supported values: all, splits, dividends, none"}));
}

/// From Pro on, and of short bars only.
bool is_extended(const Context &context, const Query &query, const Interval &interval) {
  if (!asked_flag(query, "prepost") || !context.settings.is_pro()) return false;
  for (const std::string_view name : {"1min", "5min", "15min", "30min"})
    if (interval.name == name) return true;
  return false;
}

}  // namespace

bool is_wanted(const Instrument &i, const Query &query) {
  const auto fits = [&](std::string_view name, std::initializer_list<std::string_view> values) {
    const auto asked = query.find(name);
    return !asked || std::any_of(values.begin(), values.end(),
                                 [&](std::string_view value) { return same(*asked, value); });
  };
  const std::string_view code = i.country == "United States" ? "US"
                                : i.country == "Canada"      ? "CA"
                                                             : "";
  const std::size_t slash = i.symbol.find('/');
  const std::string_view symbol = i.symbol;
  const bool pair = slash != symbol.npos;
  return fits("exchange", {i.exchange}) && fits("mic_code", {i.mic}) &&
         fits("country", {i.country, code}) && fits("type", {i.type()}) &&
         fits("currency_base", {i.base, pair ? symbol.substr(0, slash) : ""}) &&
         fits("currency_quote", {i.quote, pair ? symbol.substr(slash + 1) : ""});
}

const Instrument &known(const Context &context, const Query &query, const std::string &symbol) {
  const Instrument *found = context.listing.find(symbol);
  if (found == nullptr || !is_wanted(*found, query)) throw unknown_symbol();
  if (context.settings.is_basic() && !found->plan.empty())
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

Zone zone_of_dates(const Query &query, const Instrument &instrument) {
  const bool named = query.find("timezone") && query.get("timezone") != "Exchange";
  return !named && instrument.is_pair() ? Zone::utc() : asked_zone(query, instrument);
}

std::optional<int> asked_decimals(const Query &query) {
  constexpr int kMost = 11;
  const std::string_view text = query.get("dp", "-1");
  int decimals = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), decimals);
  if (error != std::errc{} || end != text.data() + text.size() || decimals < -1 || decimals > kMost)
    refuse(400,
           concat({"Invalid **dp** provided: ", text, ". It has to be a number from 0 to 11"}));
  return decimals < 0 ? std::nullopt : std::optional(decimals);
}

bool asked_flag(const Query &query, std::string_view name) {
  return lower(query.get(name)) == "true";
}

std::int64_t local_time(const Query &query, std::string_view name) {
  const auto time = parse_iso8601(query.get(name));
  if (!time)
    refuse(400, concat({"Invalid **", name, "** provided: ", query.get(name),
                        ". Use the format 2006-01-02 or 2006-01-02 15:04:05"}));
  return *time;
}

BarsAsked asked_bars(const Context &context, const Query &query, const Instrument &instrument) {
  BarsAsked asked{instrument,   asked_interval(query, ""), -kNoTimeLimit,
                  kNoTimeLimit, asked_rows(query),         context.now_ms};
  asked.extended = is_extended(context, query, asked.interval);
  check_adjustment(query);
  const bool dates = has_dates(asked.interval);
  const Zone zone = dates ? Zone::utc() : zone_of_dates(query, instrument);
  if (query.find("start_date")) asked.from = zone.to_utc(local_time(query, "start_date"));
  if (query.find("end_date")) {
    asked.to = zone.to_utc(local_time(query, "end_date"));
    // A plain date ends daily bars before it; with a time part it is the last open.
    if (dates && !context.settings.inclusive_dates) asked.to -= 1;
  }
  if (query.find("date")) {
    const std::int64_t day = asked_day(context, query, zone);
    asked.from = zone.to_utc(day);
    asked.to = zone.to_utc(day + kDayMs) - 1;
  }
  return asked;
}

std::string label(const Interval &interval, Zone zone, const Candle &bar) {
  if (has_dates(interval)) return date_text(bar.open_time);
  return date_time_text(bar.open_time + zone.offset_ms(bar.open_time));
}

Candle last_minute(const Context &context, const Instrument &instrument, std::int64_t now_ms) {
  const std::vector<Candle> found =
      bars({instrument, *bar_interval("1min"), now_ms - 7 * kDayMs, now_ms, 1, context.now_ms},
           context.settings);
  if (found.empty()) throw no_data();
  return found.back();
}

}  // namespace tapedeck::sim::twelvedata
