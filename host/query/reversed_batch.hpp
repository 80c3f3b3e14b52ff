// A copy of a batch, newest row first.
#pragma once

#include <tapedeck/abi.h>

#include <algorithm>
#include <string>
#include <vector>

#include "market/time.hpp"

namespace tapedeck {

class ReversedBatch {
 public:
  explicit ReversedBatch(const tdk_candle_batch &b)
      : batch_(b), source_(b.source.data != nullptr ? std::string(b.source.data, b.source.size) : "") {
    const std::int64_t *const from[] = {b.open_time, b.open,   b.high,     b.low,
                                        b.close,     b.volume, b.turnover, b.trades};
    for (std::size_t i = 0; i < kColumns; ++i)
      if (from[i] != nullptr) columns_[i].assign(std::reverse_iterator(from[i] + b.count), std::reverse_iterator(from[i]));
    if (b.state != nullptr) state_.assign(std::reverse_iterator(b.state + b.count), std::reverse_iterator(b.state));
  }
  Nanos earliest() const { return columns_[0].back(); }

  // Valid as long as this object.
  tdk_candle_batch view() const {
    tdk_candle_batch v = batch_;
    const auto column = [this](std::size_t i) { return columns_[i].empty() ? nullptr : columns_[i].data(); };
    v.open_time = column(0);
    v.open = column(1);
    v.high = column(2);
    v.low = column(3);
    v.close = column(4);
    v.volume = column(5);
    v.turnover = column(6);
    v.trades = column(7);
    v.state = state_.empty() ? nullptr : state_.data();
    v.source = {source_.data(), source_.size()};
    return v;
  }

 private:
  static constexpr std::size_t kColumns = 8;
  tdk_candle_batch batch_;
  std::string source_;
  std::vector<std::int64_t> columns_[kColumns];
  std::vector<std::uint32_t> state_;
};

}  // namespace tapedeck
