// OANDA's granularities and where their candles open, by the alignment a client asks for.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sim/zone.hpp"

namespace tapedeck::sim::oanda {

struct Granularity {
  std::string_view name;
  std::int64_t length_ms;  ///< 0: a month
  bool daily = false;      ///< counted from the alignment of the day
};

/// Case-sensitive: `M` is a month, `M1` a minute.
std::optional<Granularity> find_granularity(std::string_view name);

struct Alignment {
  std::int64_t hour = 17;  ///< of the day, in the zone
  Zone zone = Zone::new_york();
  std::int64_t weekday = 5;  ///< 0: Sunday; the default is Friday
};

class CandleGrid {
 public:
  CandleGrid(Granularity granularity, Alignment alignment)
      : granularity_(granularity), alignment_(alignment) {}

  const Granularity &granularity() const { return granularity_; }
  /// Open of the candle that contains `time`.
  std::int64_t floor(std::int64_t time) const;
  /// Open of the one behind the one that opens at `open`.
  std::int64_t next(std::int64_t open) const;
  std::int64_t ceil(std::int64_t time) const {
    const std::int64_t open = floor(time);
    return open == time ? open : next(open);
  }
  /// Opens in [from, to), at most about.
  std::int64_t slots(std::int64_t from, std::int64_t to) const;

 private:
  std::int64_t day_start(std::int64_t day) const;
  std::int64_t day_of(std::int64_t time) const;
  std::int64_t first_day(std::int64_t day) const;
  std::int64_t next_day(std::int64_t day) const;

  Granularity granularity_;
  Alignment alignment_;
};

}  // namespace tapedeck::sim::oanda
