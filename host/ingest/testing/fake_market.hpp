// The truth a scripted vendor tells, more or less: which slots of a series have a candle, and
// which.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "market/interval.hpp"
#include "market/range_set.hpp"
#include "runtime/ledger_entry.hpp"

namespace tapedeck::testing {

constexpr int kPriceExp = -2, kVolumeExp = -3;

// Open, high, low, close, volume.
using Values = std::array<std::int64_t, 5>;

struct FakeMarket {
  Interval interval;
  Nanos listed = 0;             // the first candle does not open before
  Nanos ended = INT64_MAX;      // the last candle opens before
  RangeSet quiet;               // without trades
  unsigned silent_percent = 0;  // of the slots elsewhere, at random
  std::uint64_t seed = 1;

  bool has(Nanos open_time) const;
  Values values(Nanos open_time) const;
  std::vector<Nanos> slots(TimeRange range) const;  // those that have a candle
};

// Present, NoTrades or ProviderHasNone, for each slot of `range` as of `now`.
CoverageState truth(const FakeMarket &market, Nanos slot, Nanos first, Nanos last);

}  // namespace tapedeck::testing
