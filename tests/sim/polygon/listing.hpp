// The instruments of the simulated Polygon: made-up ones, and one for each CSV file.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/options.hpp"
#include "sim/polygon/hours.hpp"
#include "sim/series.hpp"
#include "sim/split.hpp"

namespace tapedeck::sim::polygon {

struct Instrument {
  std::string ticker;  ///< as REST spells it: `AAPL`, `C:EURUSD`, `X:BTCUSD`, `I:SPX`
  std::string name;
  std::string type;    ///< of stocks: CS, ETF
  Market market = Market::Stocks;
  Granularity unit;
  std::uint64_t key = 0;
  std::unique_ptr<Series> series;
  bool recorded = false;  ///< from a file, whose hours are its own

  /// Without the prefix: `AAPL`, `EURUSD`.
  std::string_view code() const;
  /// Of pairs: `EUR` and `USD`.
  std::string_view base() const { return code().substr(0, code().size() - 3); }
  std::string_view quote() const { return code().substr(code().size() - 3); }
  /// As streams spell it: `AAPL`, `EUR/USD`, `BTC-USD`, `I:SPX`.
  std::string stream_name() const;
  bool open_at(std::int64_t utc_ms) const { return recorded || is_open(market, utc_ms); }
};

Market market_of(std::string_view ticker);

/// Immutable once made, so any thread may read it.
class Listing {
 public:
  /// Throws CsvError, or std::invalid_argument for a --csv that cannot be.
  Listing(std::uint64_t seed, std::span<const CsvSource> csv);

  /// Null when not listed. Case matters.
  const Instrument *find(std::string_view ticker) const;
  const Instrument *find_stream(Market market, std::string_view name) const;
  /// By ticker.
  std::span<const Instrument> all() const { return instruments_; }

 private:
  void add_csv(std::uint64_t seed, const CsvSource &source);
  std::string ticker_of(std::string_view symbol) const;

  std::vector<Instrument> instruments_;
};

/// Candles of `step_ms` with their open time in [from, to], known at `now`, of the instrument's own
/// hours; replaces `out`.
void base_candles(const Instrument &instrument, std::int64_t step_ms, std::int64_t from,
                  std::int64_t to, std::int64_t now, std::vector<Candle> &out);

/// The newest minute (or row of the file) known at `now`; nothing when there is none in the ten days
/// before.
std::optional<Candle> last_minute(const Instrument &instrument, std::int64_t now);
/// The newest trade at or before `now`, under the same condition.
std::optional<Trade> last_trade(const Instrument &instrument, std::int64_t now);

/// A made-up spread about a price.
struct Sides {
  std::int64_t bid = 0, ask = 0, bid_size = 0, ask_size = 0;
};
Sides sides_about(const Instrument &instrument, const Trade &trade);

}  // namespace tapedeck::sim::polygon
