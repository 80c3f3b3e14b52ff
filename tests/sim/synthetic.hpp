// A made-up market: seeded, endless, without holes, and readable at any minute in constant time.
#pragma once

#include <array>
#include <memory>

#include "sim/lru_cache.hpp"
#include "sim/price_walk.hpp"
#include "sim/series.hpp"
#include "sim/split.hpp"

namespace tapedeck::sim {

/// 2017-08-17T04:00:00Z, the first candle of BTCUSDT at Binance.
inline constexpr std::int64_t kSyntheticFirst = 1'502'942'400'000;

struct SyntheticSpec {
  Granularity unit;
  double price = 1.0;                 ///< what the price wanders about, in quote units
  double sigma = 0.0008;              ///< deviation of a minute's log return
  std::int64_t trades = 300;          ///< mean per minute, >= 10
  std::int64_t steps_per_trade = 50;  ///< mean quantity of a trade, in quantity steps
  std::int64_t end = kNoTimeLimit;    ///< delisted from here on; on a full hour
};

/// Candles of the hours of one UTC day, the building blocks of larger intervals.
using DayOfHours = std::array<Candle, 24>;
struct DayKey {
  std::uint64_t series;
  std::int64_t day;
  bool operator==(const DayKey &) const = default;
};
struct DayKeyHash {
  std::size_t operator()(const DayKey &key) const;
};
using DayCache = LruCache<DayKey, DayOfHours, DayKeyHash>;

class SyntheticSeries final : public Series {
 public:
  /// `days` may be shared by many series.
  SyntheticSeries(std::uint64_t key, const SyntheticSpec &spec, std::shared_ptr<DayCache> days);

  std::int64_t step_ms() const override;
  std::int64_t first_open() const override { return kSyntheticFirst; }
  std::int64_t end() const override { return spec_.end; }
  void candles(const Window &window, std::vector<Candle> &out) const override;
  std::int64_t trade_span_ms() const override;
  void trades(std::int64_t time, std::vector<Trade> &out) const override;
  void stretch(std::int64_t time, Stretch &out) const override;
  std::int64_t span_of_trade(std::int64_t id) const override;

 private:
  Candle minute_of(const PriceWalk::Prices &prices, std::int64_t index) const;
  void minutes(std::int64_t first, std::int64_t count, Candle *out) const;
  Candle minute_at(std::int64_t open_time) const;
  void append_seconds(std::int64_t from, std::int64_t to, std::vector<Candle> &out) const;
  std::shared_ptr<const DayOfHours> hours(std::int64_t day) const;
  Candle hour_at(std::int64_t open_time) const;
  Candle whole(std::int64_t from, std::int64_t to) const;
  Candle known(std::int64_t from, std::int64_t to, std::int64_t now) const;
  std::int64_t trade_offset(std::int64_t index) const;

  std::uint64_t key_;
  SyntheticSpec spec_;
  PriceWalk walk_;
  std::int64_t wick_scale_;
  std::int64_t quote_multiplier_, quote_divisor_;
  std::shared_ptr<DayCache> days_;
};

}  // namespace tapedeck::sim
