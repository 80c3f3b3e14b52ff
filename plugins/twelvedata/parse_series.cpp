#include "kit/text.hpp"
#include "parse.hpp"
#include "symbols.hpp"
#include "times.hpp"

#include <algorithm>
#include <array>

namespace twelvedata {
namespace {

using kit::Decimal;
using kit::ExactCandle;
using kit::JsonValue;

constexpr std::int64_t kFarthestBehind = 2 * 3'600;
constexpr std::int64_t kNoiseParts = 10'000;  // a basis point

// "RY:TSX" is answered as "RY".
std::string_view without_exchange(std::string_view symbol) {
  return symbol.substr(0, symbol.find(':'));
}

void check_meta(const JsonValue &meta, const SeriesAsked &asked) {
  const JsonValue symbol = meta["symbol"], interval = meta["interval"];
  if (symbol.exists() && upper(symbol.text()) != without_exchange(asked.symbol) &&
      upper(symbol.text()) != asked.symbol)
    symbol.refuse("is '" + kit::excerpt(symbol.text()) + "', asked for was " + asked.symbol);
  if (interval.exists() && interval.text() != asked.interval->name)
    interval.refuse("is '" + kit::excerpt(interval.text()) + "', asked for was " +
                    std::string(asked.interval->name));
}

std::int64_t open_of(const JsonValue &row) {
  const JsonValue value = row["datetime"];
  const auto time = parse_date_time(value.text());
  if (!time) value.refuse("is no date and time: '" + kit::excerpt(value.text()) + "'");
  return *time;
}

// Widens high or low over a price that lies a hair outside.
void cover(ExactCandle &candle, const JsonValue &row) {
  const std::array<Decimal, 4> prices{candle.open, candle.close, candle.high, candle.low};
  const auto exp = kit::common_exponent(prices, kit::kFinestExponent);
  if (!exp) row.refuse("has prices that do not fit into int64 at one exponent");
  std::array<std::int64_t, 4> m{};
  for (std::size_t i = 0; i < m.size(); ++i) kit::mantissa_at(prices[i], *exp, m[i]);
  auto &[open, close, high, low] = m;
  if (low > high) row.refuse("has a low above its high");
  const std::int64_t noise =
      std::max(high < 0 ? -(high / kNoiseParts) : high / kNoiseParts, std::int64_t{1});
  for (const auto &[name, price] : {std::pair{"open", open}, std::pair{"close", close}}) {
    if (price > high && price - high > noise)
      row[name].refuse("is above the high by more than rounding");
    if (price < low && low - price > noise)
      row[name].refuse("is below the low by more than rounding");
  }
  candle.high = {std::max({high, open, close}), *exp};
  candle.low = {std::min({low, open, close}), *exp};
}

ExactCandle candle_of(const JsonValue &row, std::int64_t open_s) {
  ExactCandle out;
  out.open_time = open_s * kSecondNs;
  out.open = row["open"].decimal();
  out.high = row["high"].decimal();
  out.low = row["low"].decimal();
  out.close = row["close"].decimal();
  const JsonValue volume = row["volume"];
  const bool empty = volume.is_text() && volume.text().empty();
  if (volume.exists() && !empty) out.volume = volume.decimal();
  if (out.volume && out.volume->mantissa < 0) volume.refuse("is negative");
  cover(out, row);
  return out;
}

// Zones differ by hours, so that behind the range no more is let pass than the ends' rules explain.
void check_distance(const JsonValue &row, std::int64_t open_s, const SeriesAsked &asked) {
  const std::int64_t before = 2 * asked.interval->longest_s();
  const std::int64_t behind =
      asked.interval->has_dates() ? before : std::min(before, kFarthestBehind);
  if (open_s >= asked.from_s - before && open_s < asked.to_s + behind) return;
  row["datetime"].refuse("is " + date_time_text(open_s) + ", far outside of the range from " +
                         date_time_text(asked.from_s) + " to " + date_time_text(asked.to_s) +
                         "; the answer seems to be in another time zone");
}

}  // namespace

SeriesPage parse_time_series(const JsonValue &body, const SeriesAsked &asked) {
  if (!body.is_object()) body.refuse("is not an object");
  if (body["meta"].exists()) check_meta(body["meta"], asked);
  SeriesPage out;
  std::optional<std::int64_t> last;
  int direction = 0;
  for (const JsonValue row : body["values"].children()) {
    const std::int64_t open_s = open_of(row);
    check_distance(row, open_s, asked);
    const int step = !last ? 0 : open_s > *last ? 1 : open_s < *last ? -1 : 0;
    if (last && (step == 0 || (direction != 0 && step != direction)))
      row["datetime"].refuse("is out of order, behind " + date_time_text(*last));
    direction = step;
    last = open_s;
    ++out.received;
    ExactCandle candle = candle_of(row, open_s);
    if (open_s >= asked.from_s && open_s < asked.to_s) out.rows.push_back(candle);
  }
  if (direction < 0) std::reverse(out.rows.begin(), out.rows.end());
  return out;
}

}  // namespace twelvedata
