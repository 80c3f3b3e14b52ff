// /quote, /price, /eod, /exchange_rate and /currency_conversion.
#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "sim/text.hpp"
#include "sim/time_text.hpp"
#include "sim/twelvedata/bars.hpp"
#include "sim/twelvedata/endpoints.hpp"

namespace tapedeck::sim::twelvedata {
namespace {

/// Five decimals are the default here, other than in series.
std::string quoted_text(const Instrument &i, std::int64_t mantissa, std::optional<int> decimals) {
  constexpr std::int64_t kStep = 1'000;
  if (!decimals) mantissa = (mantissa + kStep / 2) / kStep * kStep;
  return price_text(i, mantissa, decimals);
}

struct Form {
  const Instrument &instrument;
  std::optional<int> decimals;
  std::string price(std::int64_t mantissa) const {
    return quoted_text(instrument, mantissa, decimals);
  }
};

std::string volume_text(Wide volume) {
  return std::to_string(static_cast<std::int64_t>(volume / kUnit));
}

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

/// With five decimals, as the vendor's changes have.
std::string change_text(std::int64_t mantissa) {
  constexpr std::int64_t kStep = 1'000;
  const std::int64_t half = mantissa < 0 ? -kStep / 2 : kStep / 2;
  std::string text = decimal_text((mantissa + half) / kStep * kStep);
  text.resize(text.size() - 3);
  return text;
}

/// `part` of `whole`, in percent.
std::int64_t percent(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : static_cast<std::int64_t>(Wide{part} * 100 * kUnit / whole);
}

void add(std::string &out, std::string_view name, std::string_view value) {
  out += concat({",\"", name, "\":\"", value, "\""});
}

std::int64_t whole_number(const Query &query, std::string_view name, std::int64_t otherwise) {
  const std::string_view text = query.get(name);
  std::int64_t value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return std::clamp<std::int64_t>(value, 1, 168);
}

std::string fifty_two_weeks(const Context &context, const Instrument &i, const Form &form,
                            std::int64_t close) {
  const std::vector<Candle> weeks =
      bars({i, *bar_interval("1week"), -kNoTimeLimit, kNoTimeLimit, 52, context.now_ms},
           context.settings);
  std::int64_t low = close, high = close;
  for (const Candle &week : weeks) {
    low = std::min(low, week.low);
    high = std::max(high, week.high);
  }
  std::string out = concat({",\"fifty_two_week\":{\"low\":\"", form.price(low), "\""});
  add(out, "high", form.price(high));
  add(out, "low_change", change_text(close - low));
  add(out, "high_change", change_text(close - high));
  add(out, "low_change_percent", change_text(percent(close - low, low)));
  add(out, "high_change_percent", change_text(percent(close - high, high)));
  add(out, "range", concat({form.price(low), " - ", form.price(high)}));
  return out + "}";
}

/// Of crypto: what the price has changed by in a day, a week and `rolling_period` hours, in
/// percent.
void add_rolling(std::string &out, const Context &context, const Query &query, const Instrument &i,
                 std::int64_t close) {
  const std::pair<const char *, std::int64_t> spans[] = {
      {"rolling_1d_change", 24},
      {"rolling_7d_change", 168},
      {"rolling_change", whole_number(query, "rolling_period", 24)}};
  for (const auto &[name, hours] : spans) {
    const Candle then = last_minute(context, i, context.now_ms - hours * kHourMs);
    add(out, name, change_text(percent(close - then.close, then.close)));
  }
}

/// Unix seconds of a bar's open; of a stock's day when its session opens.
std::int64_t opening_of(const Instrument &i, const Interval &interval, const Candle &bar) {
  if (i.is_pair() || !has_dates(interval)) return bar.open_time / kSecondMs;
  const std::int64_t opening = bar.open_time + 9 * kHourMs + 30 * kMinuteMs;
  return Zone::new_york().to_utc(opening) / kSecondMs;
}

struct Rate {
  std::string value;  ///< a JSON number
  std::int64_t mantissa, time_s;
};

/// Of now, or of `date`.
Rate rate_of(const Context &context, const Query &query, const Instrument &i) {
  if (!i.is_pair()) throw unknown_symbol();
  const std::int64_t at = query.find("date")
                              ? zone_of_dates(query, i).to_utc(local_time(query, "date"))
                              : context.now_ms;
  const Candle last = last_minute(context, i, std::min(at, context.now_ms));
  return {quoted_text(i, last.close, asked_decimals(query)), last.close,
          last.open_time / kSecondMs};
}

}  // namespace

Part quote(const Context &context, const Query &query, const std::string &symbol) {
  const Instrument &i = known(context, query, symbol);
  const Interval interval = asked_interval(query, "1day");
  const auto period = static_cast<std::size_t>(whole_number(query, "volume_time_period", 9));
  std::vector<Candle> found = bars(
      {i, interval, -kNoTimeLimit, kNoTimeLimit, period + 2, context.now_ms}, context.settings);
  if (asked_flag(query, "eod") && !found.empty() && is_open(i, context.now_ms)) found.pop_back();
  if (found.empty()) throw no_data();
  const Candle &bar = found.back();
  const std::int64_t previous = found.size() > 1 ? found[found.size() - 2].close : bar.open;
  const Form form{i, asked_decimals(query)};
  const Candle minute = last_minute(context, i, context.now_ms);
  std::string out =
      concat({"{", identity_of(i), ",\"datetime\":\"", label(interval, asked_zone(query, i), bar),
              "\",\"timestamp\":", std::to_string(opening_of(i, interval, bar)),
              ",\"last_quote_at\":", std::to_string(minute.open_time / kSecondMs)});
  add(out, "open", form.price(bar.open));
  add(out, "high", form.price(bar.high));
  add(out, "low", form.price(bar.low));
  add(out, "close", form.price(bar.close));
  if (i.has_volume()) add(out, "volume", volume_text(bar.volume));
  add(out, "previous_close", form.price(previous));
  add(out, "change", change_text(bar.close - previous));
  add(out, "percent_change", change_text(percent(bar.close - previous, previous)));
  if (i.has_volume()) {
    const std::size_t days = std::min(period, found.size());
    Wide sum = 0;
    for (std::size_t n = found.size() - days; n < found.size(); ++n) sum += found[n].volume;
    add(out, "average_volume", volume_text(sum / static_cast<std::int64_t>(days)));
  }
  if (i.kind == Class::Crypto) add_rolling(out, context, query, i, bar.close);
  out += concat({",\"is_market_open\":", is_open(i, context.now_ms) ? "true" : "false"});
  return {out + fifty_two_weeks(context, i, form, bar.close) + "}", 1};
}

Part price(const Context &context, const Query &query, const std::string &symbol) {
  const Instrument &i = known(context, query, symbol);
  const Candle minute = last_minute(context, i, context.now_ms);
  return {concat({"{\"price\":\"", quoted_text(i, minute.close, asked_decimals(query)), "\"}"}), 1};
}

/// Of the last day that is over, or of `date`.
Part end_of_day(const Context &context, const Query &query, const std::string &symbol) {
  const Instrument &i = known(context, query, symbol);
  const std::int64_t day = query.find("date") ? local_time(query, "date") : kNoTimeLimit;
  const std::int64_t first = query.find("date") ? day : -kNoTimeLimit;
  std::vector<Candle> days =
      bars({i, *bar_interval("1day"), first, day, 2, context.now_ms}, context.settings);
  if (!query.find("date") && !days.empty() && is_open(i, context.now_ms)) days.pop_back();
  if (days.empty()) throw no_data();
  return {
      concat({"{", identity_of(i), ",\"datetime\":\"", date_text(days.back().open_time),
              "\",\"close\":\"", quoted_text(i, days.back().close, asked_decimals(query)), "\"}"}),
      1};
}

/// Here the numbers are JSON numbers.
Part exchange_rate(const Context &context, const Query &query, const std::string &symbol) {
  const Instrument &i = known(context, query, symbol);
  const Rate rate = rate_of(context, query, i);
  return {concat({"{\"symbol\":", json_text(i.symbol), ",\"rate\":", rate.value,
                  ",\"timestamp\":", std::to_string(rate.time_s), "}"}),
          1};
}

Part currency_conversion(const Context &context, const Query &query, const std::string &symbol) {
  const Instrument &i = known(context, query, symbol);
  const DecimalResult amount = parse_decimal(query.get("amount"));
  if (amount.error || amount.value < 0)
    refuse(400, concat({"Invalid **amount** provided: ", query.get("amount")}));
  const Rate rate = rate_of(context, query, i);
  const auto converted = static_cast<std::int64_t>(Wide{amount.value} * rate.mantissa / kUnit);
  return {concat({"{\"symbol\":", json_text(i.symbol), ",\"rate\":", rate.value,
                  ",\"amount\":", quoted_text(i, converted, asked_decimals(query)),
                  ",\"timestamp\":", std::to_string(rate.time_s), "}"}),
          1};
}

}  // namespace tapedeck::sim::twelvedata
