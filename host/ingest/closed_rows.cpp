#include "ingest/closed_rows.hpp"

#include <algorithm>
#include <utility>

namespace tapedeck {
namespace {

// Rows `from` to `to` of a batch; views the same memory.
tdk_candle_batch part_of(tdk_candle_batch b, std::size_t from, std::size_t to) {
  for (auto *column : {&b.open_time, &b.open, &b.high, &b.low, &b.close, &b.volume, &b.turnover, &b.trades})
    if (*column != nullptr) *column += from;
  if (b.state != nullptr) b.state += from;
  b.count = to - from;
  return b;
}

}  // namespace

std::size_t leave_out(CandleColumns &rows, const RangeSet &closed) {
  const auto &times = rows.open_times();
  const auto out = [&](Nanos t) { return closed.contains(t); };
  if (closed.empty() || std::none_of(times.begin(), times.end(), out)) return 0;
  const tdk_candle_batch all = rows.view();
  CandleColumns kept;
  for (std::size_t i = 0; i < times.size();) {
    const std::size_t from = i;
    while (i < times.size() && !out(times[i])) ++i;
    if (i > from) kept.append(part_of(all, from, i));  // the exponents are the same: always fits
    while (i < times.size() && out(times[i])) ++i;
  }
  const std::size_t left_out = rows.size() - kept.size();
  rows = std::move(kept);
  return left_out;
}

}  // namespace tapedeck
