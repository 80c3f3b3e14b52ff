#include "live/delivery_batch.hpp"

#include <iterator>

namespace tapedeck {

std::size_t DeliveryBatch::candle_rows() const noexcept {
  std::size_t n = 0;
  for (const auto &part : candles) n += part.candles.size();
  return n;
}

std::size_t DeliveryBatch::tick_rows() const noexcept {
  std::size_t n = 0;
  for (const auto &part : ticks)
    for (const auto &of : part.symbols) n += of.ticks.size();
  return n;
}

void DeliveryBatch::append(DeliveryBatch &&later) {
  candles.insert(candles.end(), std::move_iterator(later.candles.begin()), std::move_iterator(later.candles.end()));
  for (auto &part : later.ticks) {
    if (!ticks.empty() && ticks.back().source == part.source && ticks.back().version == part.version)
      ticks.back().symbols.insert(ticks.back().symbols.end(), std::move_iterator(part.symbols.begin()),
                                  std::move_iterator(part.symbols.end()));
    else
      ticks.push_back(std::move(part));
  }
  rows += later.rows;
}

}  // namespace tapedeck
