// What each request costs.
#pragma once

#include <cstdint>

#include "sim/binance/query.hpp"

namespace tapedeck::sim::binance {

using WeightRule = std::int64_t (*)(const Query &);

template <std::int64_t N>
std::int64_t fixed_weight(const Query &) {
  return N;
}

/// One symbol costs 2, anything else 4.
std::int64_t price_weight(const Query &query);
/// By the number of symbols.
std::int64_t day_weight(const Query &query);
/// By the number of levels.
std::int64_t depth_weight(const Query &query);

}  // namespace tapedeck::sim::binance
