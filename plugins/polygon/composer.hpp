// Pieces that Polygon has (hours, days) into the longer candles of the UTC grid (4h, 1w, 1M).
#pragma once

#include "parse.hpp"

#include <cstdint>
#include <vector>

namespace polygon {

// Pieces in, in one direction of time; whole candles out, in the same. Where an interval is one that
// Polygon has, pieces pass. Threads: one.
class Composer {
 public:
  Composer(const Interval &interval, bool newest_first)
      : interval_(interval), newest_first_(newest_first) {}

  // A candle that ends after `known_until_ms` is forming, whatever its pieces are. TDK_BAD_DATA when
  // a sum does not fit int64.
  void add(const std::vector<Bar> &pieces, std::int64_t known_until_ms);
  // The last candle is whole, too.
  void finish();
  // What is whole so far; the caller takes it out.
  std::vector<kit::ExactCandle> &whole() { return whole_; }

 private:
  void merge(const Bar &piece);

  const Interval &interval_;
  const bool newest_first_;
  std::vector<kit::ExactCandle> whole_;
  std::optional<kit::ExactCandle> current_;
  std::int64_t current_open_ms_ = 0;
};

}  // namespace polygon
