// The intervals that both Tapedeck and Binance know, and the grid of open times of each.
#pragma once

#include <tapedeck/abi/base.h>

#include <cstdint>
#include <span>
#include <string_view>

namespace binance {

struct Interval {
  tdk_interval id;
  std::string_view name;   // as Binance writes it; case matters ("1m" minute, "1M" month)
  std::int64_t length_ms;  // 0: a calendar month
};

// 2200-01-01. Vendor times at or beyond it are nonsense, and would not survive the way to
// nanoseconds.
inline constexpr std::int64_t kEndOfTimeMs = 7'258'118'400'000;

// The ids alone, static, in the order of the table.
std::span<const tdk_interval> interval_ids();

// The interval of that id; throws TDK_INVALID_ARGUMENT with the list of what is offered.
const Interval &find_interval(tdk_interval id);

// The one of that name; null when there is none (Binance has more of them: 3m, 2h).
const Interval *find_interval(std::string_view name);

// Whether a candle of this interval can open at that unix millisecond. Weeks begin on Monday,
// months on the first, all at 00:00 UTC (measured; the vendor's documents do not say).
bool on_grid(const Interval &interval, std::int64_t open_ms);

// When the candle after the one that opens at `open_ms` opens.
std::int64_t next_open(const Interval &interval, std::int64_t open_ms);

// At least as many as there are grid points in [from, to).
std::int64_t slots_at_most(const Interval &interval, std::int64_t from_ms, std::int64_t to_ms);

}  // namespace binance
