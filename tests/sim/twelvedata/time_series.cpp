// /time_series and /earliest_timestamp.
#include <algorithm>
#include <charconv>

#include "sim/text.hpp"
#include "sim/time_text.hpp"
#include "sim/twelvedata/bars.hpp"
#include "sim/twelvedata/endpoints.hpp"

namespace tapedeck::sim::twelvedata {
namespace {

constexpr std::size_t kMostRows = 5'000;

std::int64_t local_time(const Query &query, std::string_view name) {
  const auto time = parse_iso8601(query.get(name));
  if (!time)
    refuse(400, concat({"Invalid **", name, "** provided: ", query.get(name),
                        ". Use the format 2006-01-02 or 2006-01-02 15:04:05"}));
  return *time;
}

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

/// Where dates of the request are meant; of forex and crypto in UTC unless a zone is named.
Zone zone_of_dates(const Query &query, const Instrument &instrument) {
  const bool named = query.find("timezone") && query.get("timezone") != "Exchange";
  return !named && instrument.is_pair() ? Zone::utc() : asked_zone(query, instrument);
}

BarsAsked window_of(const Context &context, const Query &query, const Instrument &instrument) {
  BarsAsked asked{instrument,   asked_interval(query, ""), -kNoTimeLimit,
                  kNoTimeLimit, asked_rows(query),         context.now_ms};
  const bool dates = has_dates(asked.interval);
  const Zone zone = dates ? Zone::utc() : zone_of_dates(query, instrument);
  if (query.find("start_date")) asked.from = zone.to_utc(local_time(query, "start_date"));
  if (query.find("end_date")) {
    asked.to = zone.to_utc(local_time(query, "end_date"));
    // A plain date ends daily bars before it; with a time part it is the last open.
    if (dates && !context.settings.inclusive_dates) asked.to -= 1;
  }
  return asked;
}

std::string meta_of(const Instrument &i, const Interval &interval) {
  std::string out =
      concat({"{\"symbol\":", json_text(i.symbol), ",\"interval\":\"", interval.name, "\""});
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) out += concat({",\"", name, "\":", json_text(value)});
  };
  add("currency", i.currency);
  add("currency_base", i.base);
  add("currency_quote", i.quote);
  if (!i.is_pair()) add("exchange_timezone", Zone::new_york().name());
  add("exchange", i.exchange);
  add("mic_code", i.mic);
  add("type", i.type());
  return out + "}";
}

std::string label(const BarsAsked &asked, Zone zone, const Candle &bar) {
  if (has_dates(asked.interval)) return date_text(bar.open_time);
  return date_time_text(bar.open_time + zone.offset_ms(bar.open_time));
}

std::string volume_text(const Candle &bar) {
  return std::to_string(static_cast<std::int64_t>(bar.volume / kUnit));
}

std::string json_row(const Instrument &i, const std::string &time, const Candle &bar) {
  std::string out =
      concat({"{\"datetime\":\"", time, "\",\"open\":\"", price_text(i, bar.open), "\",\"high\":\"",
              price_text(i, bar.high), "\",\"low\":\"", price_text(i, bar.low), "\",\"close\":\"",
              price_text(i, bar.close), "\""});
  if (i.has_volume()) out += concat({",\"volume\":\"", volume_text(bar), "\""});
  return out + "}";
}

std::string csv_row(const Instrument &i, const std::string &time, const Candle &bar,
                    std::string_view cut) {
  std::string out = concat({time, cut, price_text(i, bar.open), cut, price_text(i, bar.high), cut,
                            price_text(i, bar.low), cut, price_text(i, bar.close)});
  if (i.has_volume()) out += concat({cut, volume_text(bar)});
  return out + "\n";
}

Part as_csv(const BarsAsked &asked, const std::vector<Candle> &rows, Zone zone,
            const Query &query) {
  const Instrument &i = asked.instrument;
  const std::string_view cut = query.get("delimiter", ";");
  std::string text = concat({"datetime", cut, "open", cut, "high", cut, "low", cut, "close"});
  if (i.has_volume()) text += concat({cut, "volume"});
  text += "\n";
  for (const Candle &bar : rows) text += csv_row(i, label(asked, zone, bar), bar, cut);
  return {std::move(text), rows.size(), "text/csv"};
}

}  // namespace

Part time_series(const Context &context, const Query &query, const std::string &symbol) {
  const Instrument &instrument = known(context, symbol);
  const BarsAsked asked = window_of(context, query, instrument);
  const Zone zone = asked_zone(query, instrument);
  std::vector<Candle> rows = bars(asked, context.settings);
  if (rows.empty()) throw no_data();
  if (lower(query.get("order", "desc")) != "asc") std::reverse(rows.begin(), rows.end());
  if (lower(query.get("format", "json")) == "csv") return as_csv(asked, rows, zone, query);
  std::string text = concat({"{\"meta\":", meta_of(instrument, asked.interval), ",\"values\":["});
  for (const Candle &bar : rows) {
    if (text.back() != '[') text += ',';
    text += json_row(instrument, label(asked, zone, bar), bar);
  }
  return {text + "],\"status\":\"ok\"}", rows.size()};
}

Part earliest_timestamp(const Context &context, const Query &query, const std::string &symbol) {
  const Instrument &instrument = known(context, symbol);
  const Interval interval = asked_interval(query, "");
  const std::int64_t first = first_bar(instrument, interval, context.settings);
  const Zone zone = asked_zone(query, instrument);
  // Of dates the time is that of the first trading, as 14:30 of Apple's first day.
  const bool dates = has_dates(interval);
  const std::int64_t unix_ms =
      dates && !instrument.is_pair() ? first + 14 * kHourMs + 30 * kMinuteMs : first;
  const std::string text = dates ? date_text(first) : date_time_text(first + zone.offset_ms(first));
  return {
      concat({"{\"datetime\":\"", text, "\",\"unix_time\":", std::to_string(unix_ms / 1'000), "}"}),
      1};
}

}  // namespace tapedeck::sim::twelvedata
