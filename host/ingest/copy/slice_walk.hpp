// A long range in pieces of about as many rows as memory is given for.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "market/interval.hpp"

namespace tapedeck {

// Rows that a piece should have, and a factor by which it may have more.
inline constexpr std::size_t kSliceRows = 65'536, kSliceExcess = 2;

// Threads: one at a time.
class SliceWalk {
 public:
  // Pieces begin and end on the grid of `grid`, where there is one.
  SliceWalk(TimeRange range, Nanos width, std::optional<Interval> grid = {}, std::size_t rows = kSliceRows)
      : range_(range), width_(std::max<Nanos>(width, 1)), grid_(grid), rows_(rows) {}

  bool more() const noexcept { return range_.from < range_.to; }
  TimeRange piece() const { return {range_.from, std::min(range_.to, end())}; }
  // A piece that nothing can be cut off from any more has no limit.
  std::size_t limit() const { return divisible() ? rows_ * kSliceExcess : SIZE_MAX; }

  // More than the limit came: the same again, shorter.
  void halve() { width_ = std::max<Nanos>(width_ / 2, 1); }
  // On to the next piece.
  void advance(std::size_t rows) {
    range_.from = piece().to;
    if (rows < rows_ / 2) width_ = width_ > INT64_MAX / 4 ? width_ : width_ * 2;
  }

 private:
  Nanos end() const {
    const Nanos t = range_.from > INT64_MAX - width_ ? INT64_MAX : range_.from + width_;
    if (!grid_) return t;
    return std::max(grid_->floor(t), grid_->next(range_.from));
  }
  bool divisible() const { return grid_ ? end() > grid_->next(range_.from) : width_ > 1; }

  TimeRange range_;
  Nanos width_;
  std::optional<Interval> grid_;
  std::size_t rows_;
};

}  // namespace tapedeck
