// Quotes of an instrument that nobody recorded: the made-up market's trades with a spread around
// them, in the hours of the session, with quiet minutes in between.
#pragma once

#include <array>
#include <memory>

#include "sim/lru_cache.hpp"
#include "sim/oanda/quotes.hpp"
#include "sim/oanda/session_hours.hpp"
#include "sim/synthetic.hpp"

namespace tapedeck::sim::oanda {

/// Candles of the hours of one UTC day; volume 0 where nothing happened.
using DayOfQuotes = std::array<QuoteCandle, 24>;
using QuoteDays = LruCache<DayKey, DayOfQuotes, DayKeyHash>;

struct MadeUpSpec {
  std::int64_t tick = 1;       ///< smallest step of a price, mantissa of 1e-8
  double price = 1.0;          ///< what the middle wanders about
  std::int64_t half_ticks = 5; ///< half of the spread
  Hours hours = Hours::Forex;
  std::int64_t quiet_per_mille = 15;  ///< minutes without a tick
};

class MadeUpQuotes final : public QuoteHistory {
 public:
  MadeUpQuotes(std::uint64_t key, const MadeUpSpec &spec, std::shared_ptr<QuoteDays> days);

  void ticks(std::int64_t from, std::int64_t to, std::vector<QuoteTick> &out) const override;
  std::optional<QuoteTick> latest(std::int64_t time) const override;
  QuoteCandle candle(std::int64_t from, std::int64_t to, std::int64_t now) const override;
  std::int64_t active_from(std::int64_t time) const override;
  std::int64_t active_until(std::int64_t time) const override;
  bool open(std::int64_t time) const override { return is_open(spec_.hours, time); }
  bool recorded() const override { return false; }

 private:
  bool has_minute(std::int64_t minute) const;
  const std::vector<QuoteTick> &minute_ticks(std::int64_t minute) const;
  QuoteCandle minute_candle(std::int64_t minute) const;
  QuoteCandle of_ticks(std::int64_t from, std::int64_t to) const;
  std::shared_ptr<const DayOfQuotes> hours_of(std::int64_t day) const;

  std::uint64_t key_;
  MadeUpSpec spec_;
  SyntheticSeries series_;
  std::shared_ptr<QuoteDays> days_;
};

}  // namespace tapedeck::sim::oanda
