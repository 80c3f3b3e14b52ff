// The length of a candle, and the grid of open times it makes.
#pragma once

#include <tapedeck/abi.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "market/time.hpp"

namespace tapedeck {

// One of 1s 1m 5m 15m 30m 1h 4h 1d 1w 1M. Weeks start on Monday, months on the first, all in UTC.
class Interval {
 public:
  Interval() = default;  // 1m
  explicit Interval(tdk_interval abi) : abi_(abi) {}

  // Case-sensitive: "1m" is a minute, "1M" a month. The aliases "M15", "15min", "1day", "1H" and the
  // like are accepted. Nothing for anything else.
  static std::optional<Interval> parse(std::string_view text);
  static std::optional<Interval> from_abi(tdk_interval abi);  // nothing when it is none of the ten
  static const std::vector<Interval> &all();

  std::string name() const;
  tdk_interval abi() const noexcept { return abi_; }

  // The open time of the candle that `time` falls into, the next one after it, and the first at or
  // after it.
  Nanos floor(Nanos time) const noexcept;
  Nanos next(Nanos open_time) const noexcept;
  Nanos ceil(Nanos time) const noexcept;
  bool on_grid(Nanos time) const noexcept { return floor(time) == time; }

  // n candles on from an open time; n may be negative. What int64 nanoseconds cannot hold becomes
  // INT64_MIN or INT64_MAX, here and above: ends of time, off every grid.
  Nanos advance(Nanos open_time, std::int64_t n) const noexcept;
  // How many open times lie in [range.from, range.to).
  std::int64_t count(TimeRange range) const noexcept;

  // Length in ns, 0 for a month.
  Nanos fixed_length() const noexcept;
  bool operator==(const Interval &o) const noexcept {
    return abi_.unit == o.abi_.unit && abi_.count == o.abi_.count;
  }

 private:
  tdk_interval abi_{TDK_UNIT_MINUTE, 1};
};

}  // namespace tapedeck
