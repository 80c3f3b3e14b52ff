// Takes a candle apart into the 60 smaller ones and the single trades that add up to exactly it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/candle.hpp"
#include "sim/series.hpp"

namespace tapedeck::sim {

/// Smallest steps of price and quantity, as mantissas.
struct Granularity {
  std::int64_t tick = 1;
  std::int64_t step = 1;
};

inline constexpr std::int64_t kParts = 60;
using Parts = std::array<Candle, kParts>;

/// Fills `parts` so that appending them in order gives `whole`. The first opens at its open, each
/// opens at the close before it; parts without a trade are flat. Deterministic in `key`.
void split_candle(const Candle &whole, std::int64_t length_ms, Granularity unit, std::uint64_t key,
                  Parts &parts);

/// What has happened of `whole` up to `now`, in whole parts, the running one included.
Candle so_far(const Candle &whole, std::int64_t length_ms, Granularity unit, std::uint64_t key,
              std::int64_t now);

/// Appends the trades of one part: their sum is its volume, the last one's price its close.
void append_trades(const Candle &part, std::int64_t length_ms, Granularity unit, std::uint64_t key,
                   std::int64_t first_id, std::vector<Trade> &out);

}  // namespace tapedeck::sim
