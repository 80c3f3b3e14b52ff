// The instruments of the simulated Binance: made-up ones, and one for each CSV file.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/options.hpp"
#include "sim/series.hpp"
#include "sim/split.hpp"
#include "sim/synthetic.hpp"

namespace tapedeck::sim::binance {

struct Instrument {
  std::string symbol, base, quote;
  std::string status = "TRADING";  ///< TRADING, HALT or BREAK
  Granularity unit;
  std::uint64_t key = 0;
  std::unique_ptr<Series> series;

  bool trading() const { return status == "TRADING"; }
};

/// Base and quote of a symbol by the ending it has; the last three letters where none is known.
struct Assets {
  std::string_view base, quote;
};
Assets split_symbol(std::string_view symbol);

/// Immutable once made, so any thread may read it.
class Listing {
 public:
  /// Throws CsvError, or std::invalid_argument for a symbol Binance could not have.
  /// Symbols that are replayed and not there yet trade with made-up candles of a price about 1.
  Listing(std::uint64_t seed, std::span<const CsvSource> csv,
          std::span<const std::string> replayed = {});

  /// Null when not listed.
  const Instrument *find(std::string_view symbol) const;
  std::span<const Instrument> all() const { return instruments_; }

 private:
  void add_replayed(std::uint64_t seed, const std::string &symbol,
                    const std::shared_ptr<DayCache> &days);
  void add_csv(std::uint64_t seed, const CsvSource &source);

  std::vector<Instrument> instruments_;
  std::unordered_map<std::string_view, std::size_t> index_;
};

}  // namespace tapedeck::sim::binance
