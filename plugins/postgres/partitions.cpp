#include "partitions.hpp"

#include <chrono>

namespace tapedeck::postgres {
namespace {

using std::chrono::days;
using std::chrono::nanoseconds;
using std::chrono::sys_days;

constexpr std::int64_t kDay = 86'400'000'000'000;
constexpr std::int64_t kMonthsAhead = 3;
// Beyond these, partitions are open-ended: see tables_sql.cpp.
constexpr std::int64_t kFirst = 1990 * 12, kEnd = 2100 * 12;

// Each month once, without a look at each row's calendar.
void add_months(std::set<std::int64_t> &months, const tdk_candle_batch &b) {
  std::int64_t next = INT64_MIN;  // when the month of the row before ends
  for (std::uint64_t i = 0; i < b.count; ++i) {
    if (b.open_time[i] < next) continue;
    const std::int64_t month = month_of(b.open_time[i]);
    if (month >= kFirst && month < kEnd) months.insert(month);
    next = begin_of_month(month + 1);
  }
}

}  // namespace

std::int64_t month_of(std::int64_t ns) {
  const std::chrono::year_month_day date(std::chrono::floor<days>(std::chrono::sys_time<nanoseconds>(nanoseconds(ns))));
  return int{date.year()} * 12 + static_cast<std::int64_t>(unsigned{date.month()}) - 1;
}

std::int64_t begin_of_month(std::int64_t month) {
  if (month >= 2262 * 12) return INT64_MAX;
  if (month < 1678 * 12) return INT64_MIN;
  const std::chrono::year_month_day first(std::chrono::year(static_cast<int>(month / 12)),
                                          std::chrono::month(static_cast<unsigned>(month % 12) + 1), std::chrono::day(1));
  return nanoseconds(sys_days(first).time_since_epoch()).count();
}

void Partitions::cover(const std::vector<const tdk_candle_batch *> &batches) {
  std::set<std::int64_t> months;
  for (const tdk_candle_batch *b : batches) add_months(months, *b);
  make(months);
}

void Partitions::keep_ahead(std::int64_t now) {
  if (last_ahead_ != INT64_MIN && now - last_ahead_ < kDay) return;
  std::set<std::int64_t> months;
  for (std::int64_t m = 0; m <= kMonthsAhead; ++m) months.insert(month_of(now) + m);
  make(months);
  last_ahead_ = now;
}

void Partitions::make(const std::set<std::int64_t> &months) {
  std::vector<std::int64_t> missing;
  for (const std::int64_t m : months)
    if (!known_.contains(m)) missing.push_back(m);
  if (missing.empty()) return;
  db_.run("SELECT ensure_months($1)", Params().integers(missing));
  known_.insert(missing.begin(), missing.end());
}

}  // namespace tapedeck::postgres
