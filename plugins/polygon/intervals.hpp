// The intervals that Tapedeck knows, and the pieces each is made of. Polygon cuts bars longer than an
// hour by the clock of the market (weeks begin on Sunday, a stock's four hours at 00:00 New York), so
// only bars of up to an hour, and days, are asked for; longer ones are made of them on the UTC grid.
// That costs no request more: the vendor's limit counts the minutes and days underneath.
#pragma once

#include <tapedeck/abi/base.h>

#include <cstdint>
#include <span>
#include <string_view>

namespace polygon {

inline constexpr std::int64_t kSecondMs = 1'000, kMinuteMs = 60'000, kHourMs = 3'600'000;
inline constexpr std::int64_t kDayMs = 86'400'000;
// 2200-01-01. Times at or beyond it are nonsense, and would not survive the way to nanoseconds.
inline constexpr std::int64_t kEndOfTimeMs = 7'258'118'400'000;

struct Interval {
  tdk_interval id;
  std::string_view name;
  std::int64_t length_ms;     // 0: a calendar month
  std::string_view timespan;  // of the pieces: "second", "minute", "hour", "day"
  std::int64_t multiplier;    // of the pieces
  std::int64_t piece_ms;
  std::int64_t base_per_candle;  // what the vendor's limit counts, in one candle at most

  bool composed() const { return piece_ms != length_ms; }
  bool of_days() const { return piece_ms == kDayMs; }
};

// The ids alone, static.
std::span<const tdk_interval> interval_ids();

// Throws TDK_INVALID_ARGUMENT with the list of what is offered.
const Interval &find_interval(tdk_interval id);

// On the UTC grid; weeks open on Monday, months on the first.
std::int64_t floor_open(const Interval &interval, std::int64_t ms);
std::int64_t next_open(const Interval &interval, std::int64_t open_ms);
std::int64_t ceil_open(const Interval &interval, std::int64_t ms);

// "2024-05-01"
std::string_view date_text(std::int64_t ms, char (&buffer)[16]);

}  // namespace polygon
