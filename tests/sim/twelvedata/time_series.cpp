// /time_series and /earliest_timestamp.
#include <algorithm>
#include <optional>

#include "sim/text.hpp"
#include "sim/time_text.hpp"
#include "sim/twelvedata/bars.hpp"
#include "sim/twelvedata/endpoints.hpp"

namespace tapedeck::sim::twelvedata {
namespace {

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

/// How rows are written, and what each of them has.
struct Form {
  const Instrument &instrument;
  const Interval &interval;
  Zone zone;
  std::optional<int> decimals;
  bool extended = false;

  std::string time(const Candle &bar) const { return label(interval, zone, bar); }
  std::string price(std::int64_t mantissa) const {
    return price_text(instrument, mantissa, decimals);
  }
  /// What is traded before and after the hours has no volume.
  bool has_volume(const Candle &bar) const {
    return instrument.has_volume() && (!extended || is_open(instrument, bar.open_time));
  }
};

std::string volume_text(const Candle &bar) {
  return std::to_string(static_cast<std::int64_t>(bar.volume / kUnit));
}

std::string json_row(const Form &form, const Candle &bar, std::optional<std::int64_t> previous) {
  std::string out =
      concat({"{\"datetime\":\"", form.time(bar), "\",\"open\":\"", form.price(bar.open),
              "\",\"high\":\"", form.price(bar.high), "\",\"low\":\"", form.price(bar.low),
              "\",\"close\":\"", form.price(bar.close), "\""});
  if (form.has_volume(bar)) out += concat({",\"volume\":\"", volume_text(bar), "\""});
  if (previous) out += concat({",\"previous_close\":\"", form.price(*previous), "\""});
  return out + "}";
}

std::string csv_row(const Form &form, const Candle &bar, std::string_view cut) {
  std::string out = concat({form.time(bar), cut, form.price(bar.open), cut, form.price(bar.high),
                            cut, form.price(bar.low), cut, form.price(bar.close)});
  if (form.instrument.has_volume())
    out += concat({cut, form.has_volume(bar) ? volume_text(bar) : std::string()});
  return out + "\n";
}

Part as_csv(const Form &form, const std::vector<Candle> &rows, const Query &query) {
  const std::string_view cut = query.get("delimiter", ";");
  std::string text = concat({"datetime", cut, "open", cut, "high", cut, "low", cut, "close"});
  if (form.instrument.has_volume()) text += concat({cut, "volume"});
  text += "\n";
  for (const Candle &bar : rows) text += csv_row(form, bar, cut);
  return {std::move(text), rows.size(), "text/csv"};
}

/// Close of the bar before one, if there is one.
std::optional<std::int64_t> close_before(BarsAsked asked, const Candle &bar,
                                         const Settings &settings) {
  asked.from = -kNoTimeLimit;
  asked.to = bar.open_time - 1;
  asked.limit = 1;
  const std::vector<Candle> found = bars(asked, settings);
  return found.empty() ? std::nullopt : std::optional(found.back().close);
}

}  // namespace

Part time_series(const Context &context, const Query &query, const std::string &symbol) {
  const Instrument &instrument = known(context, query, symbol);
  const BarsAsked asked = asked_bars(context, query, instrument);
  const Form form{instrument, asked.interval, asked_zone(query, instrument), asked_decimals(query),
                  asked.extended};
  std::vector<Candle> rows = bars(asked, context.settings);
  if (rows.empty()) throw no_data();
  const bool with_previous = asked_flag(query, "previous_close");
  const auto before = with_previous ? close_before(asked, rows.front(), context.settings)
                                    : std::optional<std::int64_t>();
  const bool ascending = lower(query.get("order", "desc")) == "asc";
  if (!ascending) std::reverse(rows.begin(), rows.end());
  if (lower(query.get("format", "json")) == "csv") return as_csv(form, rows, query);
  std::string text = concat({"{\"meta\":", meta_of(instrument, asked.interval), ",\"values\":["});
  for (std::size_t n = 0; n < rows.size(); ++n) {
    const std::size_t earlier = ascending ? n - 1 : n + 1;  // wraps around at the first
    const auto previous = !with_previous          ? std::nullopt
                          : earlier < rows.size() ? std::optional(rows[earlier].close)
                                                  : before;
    text += concat({n > 0 ? "," : "", json_row(form, rows[n], previous)});
  }
  return {text + "],\"status\":\"ok\"}", rows.size()};
}

Part earliest_timestamp(const Context &context, const Query &query, const std::string &symbol) {
  const Instrument &instrument = known(context, query, symbol);
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
