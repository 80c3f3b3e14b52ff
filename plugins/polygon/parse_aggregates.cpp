#include "compare.hpp"
#include "kit/text.hpp"
#include "parse.hpp"

#include <algorithm>

namespace polygon {
namespace {

using kit::JsonValue;

constexpr std::int64_t kNsPerMs = 1'000'000;

// Days begin at 00:00 UTC, New York (04:00, 05:00) or Chicago (05:00, 06:00, as in the example of
// indices): other times are no start of a day of any market here.
bool starts_day(std::int64_t ms) {
  const std::int64_t hour = ms % kDayMs;
  return hour == 0 || hour == 4 * kHourMs || hour == 5 * kHourMs || hour == 6 * kHourMs;
}

std::optional<kit::Decimal> amount(const JsonValue &value) {
  if (!value.exists()) return {};
  const kit::Decimal out = value.decimal();
  if (out.mantissa < 0) value.refuse("is negative: '" + kit::excerpt(value.number()) + "'");
  return out;
}

kit::Decimal price(const JsonValue &row, const char *field) {
  const JsonValue value = row[field];
  if (!value.is_number()) value.refuse("is not a number");
  const kit::Decimal out = value.decimal();
  if (out.mantissa < 0) value.refuse("is negative: '" + kit::excerpt(value.number()) + "'");
  return out;
}

class Reader {
 public:
  explicit Reader(const AggregatesAsked &asked) : asked_(asked) {}

  Bar read(const JsonValue &row) {
    if (!row.is_object()) row.refuse("is not an object");
    Bar bar;
    read_time(row["t"], bar);
    bar.candle.open = price(row, "o");
    bar.candle.high = price(row, "h");
    bar.candle.low = price(row, "l");
    bar.candle.close = price(row, "c");
    check_prices(row, bar.candle);
    const std::int64_t count = row["n"].whole_number_or(TDK_NULL_I64);
    if (count != TDK_NULL_I64 && count < 0) row["n"].refuse("is negative");
    bar.candle.trades = count;
    // Of forex it is the number of quotes again, and nothing that was traded.
    if (asked_.market != Market::Forex) bar.candle.volume = amount(row["v"]);
    return bar;
  }

 private:
  void read_time(const JsonValue &value, Bar &bar) {
    const Interval &interval = *asked_.interval;
    const std::int64_t ms = value.whole_number();
    if (ms < 0 || ms >= kEndOfTimeMs) value.refuse("is no time in ms: " + std::to_string(ms));
    const bool on_grid = interval.of_days() ? starts_day(ms) : ms % interval.piece_ms == 0;
    if (!on_grid)
      value.refuse("is no start of a bar of " + std::to_string(interval.multiplier) + " " +
                   std::string(interval.timespan) + ": " + std::to_string(ms));
    bar.open_ms = ms - ms % interval.piece_ms;
    bar.window_end_ms = ms + interval.piece_ms;
    bar.candle.open_time = bar.open_ms * kNsPerMs;
    if (bar.open_ms < asked_.from_ms || bar.open_ms >= asked_.to_ms)
      value.refuse("lies outside of what was asked for: " + std::to_string(ms));
    const bool in_order = asked_.newest_first ? bar.open_ms < last_ : bar.open_ms > last_;
    if (seen_ && !in_order) value.refuse("comes out of order: " + std::to_string(ms));
    last_ = bar.open_ms;
    seen_ = true;
  }

  static void check_prices(const JsonValue &row, const kit::ExactCandle &c) {
    for (const kit::Decimal &p : {c.open, c.close})
      if (less(p, c.low) || less(c.high, p)) row.refuse("has a price outside of its low and high");
  }

  const AggregatesAsked &asked_;
  std::int64_t last_ = 0;
  bool seen_ = false;
};

}  // namespace

Aggregates parse_aggregates(std::string_view body, const AggregatesAsked &asked) {
  const kit::ExactJson tree(body, "polygon " + asked.doing);
  const JsonValue root = tree.root();
  if (!root.is_object()) root.refuse("is not an object");
  const std::string_view status = root["status"].text();
  require_success(root, status);
  Aggregates out;
  out.delayed = status == "DELAYED";
  out.next_url = root["next_url"].text_or({});
  const JsonValue results = root["results"];
  const std::int64_t promised = root["resultsCount"].whole_number_or(0);
  if (!results.exists()) {
    // Without rows the vendor leaves them out; with rows promised, something has eaten them.
    if (promised != 0) results.refuse("is missing");
    return out;
  }
  if (!results.is_array()) results.refuse("is not an array");
  Reader reader(asked);
  for (const JsonValue row : results.children()) out.bars.push_back(reader.read(row));
  if (const auto rows = static_cast<std::int64_t>(out.bars.size()); rows < promised)
    results.refuse("has " + std::to_string(rows) + " rows where resultsCount is " + std::to_string(promised));
  return out;
}

void require_success(const JsonValue &root, std::string_view status) {
  if (status == "OK" || status == "DELAYED") return;
  std::string said;
  for (const char *field : {"error", "message"})
    if (said.empty() && root[field].is_text()) said = kit::excerpt(root[field].text(), 160);
  const tdk_status code = status == "NOT_AUTHORIZED" ? TDK_PERMISSION_DENIED
                          : status == "NOT_FOUND"    ? TDK_NOT_FOUND
                                                     : TDK_BAD_DATA;
  const std::string why = "is neither OK nor DELAYED: '" + kit::excerpt(status) + "'" +
                          (said.empty() ? "" : ", '" + said + "'");
  if (code == TDK_BAD_DATA) root["status"].refuse(why);
  throw tapedeck::Error(code, "polygon: the answer's status " + why);
}

std::int64_t time_ns_of(std::int64_t value) {
  constexpr std::int64_t kSeconds = 100'000'000'000, kMs = kSeconds * 1'000, kUs = kMs * 1'000;
  if (value <= 0) return 0;
  if (value < kSeconds) return value < kEndOfTimeMs / 1'000 ? value * 1'000'000'000 : 0;
  if (value < kMs) return value < kEndOfTimeMs ? value * kNsPerMs : 0;
  if (value < kUs) return value < kEndOfTimeMs * 1'000 ? value * 1'000 : 0;
  return value < kEndOfTimeMs * kNsPerMs ? value : 0;
}

}  // namespace polygon
