// The trades of a series one after the other, as streams send them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "sim/series.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim {

/// Walks along the trades, stretch by stretch. Threads: one.
class TradeTape {
 public:
  using IsOpen = std::function<bool(std::int64_t time)>;

  /// The first trade is the first one later than `now_ms`. A stretch that begins while the market is
  /// not open has none; without `is_open` it always is.
  TradeTape(const Series &series, std::int64_t now_ms, IsOpen is_open = {})
      : series_(series), is_open_(std::move(is_open)) {
    load(now_ms);
    while (at_ < trades_.size() && trades_[at_].time <= now_ms) ++at_;
  }

  /// Null at the end of a stretch.
  const Trade *trade() const { return at_ < trades_.size() ? &trades_[at_] : nullptr; }
  /// Time of the trade, or of the next stretch.
  std::int64_t due() const { return at_ < trades_.size() ? trades_[at_].time : end_; }
  void advance() {
    if (at_ < trades_.size())
      ++at_;
    else
      load(end_);
  }

 private:
  void load(std::int64_t time) {
    const std::int64_t span = series_.trade_span_ms();
    trades_.clear();
    if (!is_open_ || is_open_(time)) series_.trades(time, trades_);
    at_ = 0;
    end_ = (floor_div(time, span) + 1) * span;
  }

  const Series &series_;
  const IsOpen is_open_;
  std::vector<Trade> trades_;
  std::size_t at_ = 0;
  std::int64_t end_ = 0;
};

}  // namespace tapedeck::sim
