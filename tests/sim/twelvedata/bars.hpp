// Candles of an instrument as Twelve Data cuts them: of its hours only, labelled in its own days.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/candle.hpp"
#include "sim/interval.hpp"
#include "sim/twelvedata/listing.hpp"
#include "sim/twelvedata/settings.hpp"

namespace tapedeck::sim::twelvedata {

/// `1min` to `1month`, `45min` too.
std::optional<Interval> bar_interval(std::string_view name);
/// In the vendor's order.
std::vector<std::string_view> bar_interval_names();
/// Days and longer.
inline bool has_dates(const Interval &interval) {
  return interval.is_month() || interval.length_ms >= 86'400'000;
}

struct BarsAsked {
  const Instrument &instrument;
  Interval interval;
  std::int64_t from = 0,
               to = 0;     ///< opens, both inclusive, UTC; of dates midnight UTC of the label
  std::size_t limit = 30;  ///< the newest that many
  std::int64_t now = 0;
  bool extended = false;  ///< with what is traded before and after the hours
};

/// Ascending; the last one may still be forming. A bar without an open minute does not exist.
std::vector<Candle> bars(const BarsAsked &asked, const Settings &settings);

/// Where the first bar there is opens.
std::int64_t first_bar(const Instrument &instrument, const Interval &interval,
                       const Settings &settings);

/// `1.06490`: with so many decimals, or the instrument's.
std::string price_text(const Instrument &instrument, std::int64_t mantissa,
                       std::optional<int> decimals = std::nullopt);

}  // namespace tapedeck::sim::twelvedata
