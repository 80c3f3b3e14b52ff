// Candle intervals and where their candles open, in UTC or in a zone with a fixed offset.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace tapedeck::sim {

/// Length 0 marks the calendar month.
struct Interval {
  std::string_view name;
  std::int64_t length_ms = 0;

  bool is_month() const { return length_ms == 0; }
};

/// 1s 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M, ascending.
std::span<const Interval> all_intervals();

/// Case-sensitive: `1m` is a minute, `1M` a month.
std::optional<Interval> find_interval(std::string_view name);

/// Opens of candles: multiples of the length from 00:00 of the zone; weeks open on Monday, 3d count
/// from the epoch, months on the first.
class Grid {
 public:
  explicit Grid(Interval interval, std::int64_t zone_ms = 0)
      : interval_(interval), zone_ms_(zone_ms) {}

  const Interval &interval() const { return interval_; }
  /// Open of the candle that contains `t`.
  std::int64_t floor(std::int64_t t) const;
  /// First open at or after `t`.
  std::int64_t ceil(std::int64_t t) const;
  /// Open `steps` candles later (or earlier, when negative); `open` must be an open.
  std::int64_t shift(std::int64_t open, std::int64_t steps) const;
  /// Number of opens from `first` to `last`, both opens and both counted.
  std::int64_t count(std::int64_t first, std::int64_t last) const;

 private:
  Interval interval_;
  std::int64_t zone_ms_;
};

}  // namespace tapedeck::sim
