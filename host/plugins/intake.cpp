#include "plugins/intake.hpp"

#include "plugins/foreign_struct.hpp"

namespace tapedeck {
namespace {

constexpr std::uint64_t kMaxRows = std::uint64_t{1} << 24;
constexpr std::int32_t kMaxExp = 18;

bool exp_is_fine(std::int32_t exp) { return exp >= -kMaxExp && exp <= kMaxExp; }

// The loops below have no exit and no branch, so that the compiler can take several rows at a time;
// the row is looked for only when something is wrong.
bool ascending(const std::int64_t *t, std::uint64_t n) {
  bool bad = false;
  for (std::uint64_t i = 1; i < n; ++i) bad |= t[i] <= t[i - 1];
  return !bad;
}

bool not_descending(const std::int64_t *t, std::uint64_t n) {
  bool bad = false;
  for (std::uint64_t i = 1; i < n; ++i) bad |= t[i] < t[i - 1];
  return !bad;
}

// `inner` lies between `low` and `high`, and low is a value.
bool between(const std::int64_t *low, const std::int64_t *inner, const std::int64_t *high,
             std::uint64_t n) {
  bool bad = false;
  for (std::uint64_t i = 0; i < n; ++i) bad |= inner[i] < low[i] || inner[i] > high[i];
  return !bad;
}

bool has_no_null(const std::int64_t *cells, std::uint64_t n) {
  bool bad = false;
  for (std::uint64_t i = 0; i < n; ++i) bad |= cells[i] == TDK_NULL_I64;
  return !bad;
}

// Negative, and not the one negative number that means "unknown".
bool has_no_negative(const std::int64_t *cells, std::uint64_t n) {
  bool bad = false;
  for (std::uint64_t i = 0; i < n; ++i) bad |= cells[i] < 0 && cells[i] != TDK_NULL_I64;
  return !bad;
}

template <class Bad>
std::string row_text(std::uint64_t n, const char *what, Bad bad) {
  std::uint64_t i = 0;
  while (i + 1 < n && !bad(i)) ++i;
  return "row " + std::to_string(i) + ": " + what;
}

}  // namespace

BatchIntake::BatchIntake(tdk_range range, std::uint64_t limit, Prices prices)
    : range_(range), limit_(limit), prices_(prices) {}

void BatchIntake::expect_former_values() {
  if (former_) return;
  former_ = true;
  last_time_ = INT64_MIN;
}

bool BatchIntake::refuse(std::string reason) {
  reason_ = std::move(reason);
  return false;
}

const char *BatchIntake::check(const tdk_candle_batch *batch) {
  if (reason_.empty() && shape_is_fine(batch) && batch->count > 0 && times_are_fine(*batch) &&
      prices_are_fine(*batch) && amounts_are_fine(*batch)) {
    rows_ += batch->count;
    last_time_ = batch->open_time[batch->count - 1];
  }
  return refused();
}

bool BatchIntake::shape_is_fine(const tdk_candle_batch *b) {
  if (b == nullptr) return refuse("the batch is null");
  if (b->struct_size < TAPEDECK_SIZE_TO(tdk_candle_batch, close) || b->struct_size > kMaxStruct)
    return refuse("the batch has struct_size " + std::to_string(b->struct_size));
  if (b->count > kMaxRows)
    return refuse("the batch has " + std::to_string(b->count) +
                  " rows, more than a batch may have");
  if (limit_ != 0 && b->count > limit_ - rows_)
    return refuse("more rows than the " + std::to_string(limit_) + " asked for");
  if (!exp_is_fine(b->price_exp) || !exp_is_fine(b->volume_exp) || !exp_is_fine(b->turnover_exp))
    return refuse("an exponent is outside -18..18");
  if (b->count > 0 && (b->open_time == nullptr || b->open == nullptr || b->high == nullptr ||
                       b->low == nullptr || b->close == nullptr))
    return refuse("a required column is missing");
  return true;
}

bool BatchIntake::times_are_fine(const tdk_candle_batch &b) {
  const auto *t = b.open_time;
  if (former_)
    return (not_descending(t, b.count) && t[0] >= last_time_) || refuse("the former values are not in order");
  if (!ascending(t, b.count))
    return refuse(row_text(b.count, "open_time is not after the row before",
                           [&](std::uint64_t i) { return i > 0 && t[i] <= t[i - 1]; }));
  if (rows_ > 0 && t[0] <= last_time_)
    return refuse("row 0: open_time is not after the batch before");
  return true;
}

bool BatchIntake::prices_are_fine(const tdk_candle_batch &b) {
  const auto *low = b.low, *high = b.high;
  for (const auto *column : {b.open, b.close}) {
    if (prices_ == Prices::AsStored || between(low, column, high, b.count)) continue;
    if (!between(low, low, high, b.count))
      return refuse(row_text(b.count, "low is above high",
                             [&](std::uint64_t i) { return low[i] > high[i]; }));
    return refuse(row_text(
        b.count, column == b.open ? "open is outside low..high" : "close is outside low..high",
        [&](std::uint64_t i) { return column[i] < low[i] || column[i] > high[i]; }));
  }
  // Where low <= open, close <= high, only low can hide the smallest integer.
  if (prices_ == Prices::Checked && !has_no_null(low, b.count))
    return refuse(row_text(b.count, "a required cell has no value",
                           [&](std::uint64_t i) { return low[i] == TDK_NULL_I64; }));
  // Last, since order makes the ends speak for all rows.
  if (b.open_time[0] < range_.from || b.open_time[b.count - 1] >= range_.to)
    return refuse("open_time is outside the range asked for");
  return true;
}

bool BatchIntake::amounts_are_fine(const tdk_candle_batch &b) {
  if (prices_ == Prices::AsStored) return true;
  const auto has = [size = b.struct_size](std::size_t end) { return size >= end; };
  const std::int64_t *columns[] = {
      has(TAPEDECK_SIZE_TO(tdk_candle_batch, volume)) ? b.volume : nullptr,
      has(TAPEDECK_SIZE_TO(tdk_candle_batch, turnover)) ? b.turnover : nullptr,
      has(TAPEDECK_SIZE_TO(tdk_candle_batch, trades)) ? b.trades : nullptr};
  static constexpr const char *kText[] = {"volume is negative", "turnover is negative",
                                          "trades is negative"};
  for (std::size_t c = 0; c < 3; ++c) {
    const auto *column = columns[c];
    if (column == nullptr || has_no_negative(column, b.count)) continue;
    return refuse(row_text(b.count, kText[c], [&](std::uint64_t i) {
      return column[i] < 0 && column[i] != TDK_NULL_I64;
    }));
  }
  return true;
}

}  // namespace tapedeck
