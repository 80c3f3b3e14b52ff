// The instruments of the simulated OANDA: made-up ones, and one for each file of ticks.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/oanda/quotes.hpp"
#include "sim/options.hpp"

namespace tapedeck::sim::oanda {

struct Instrument {
  std::string name;          ///< `EUR_USD`
  std::string display_name;  ///< `EUR/USD`
  std::string type;          ///< CURRENCY, CFD or METAL
  int decimals = 5;          ///< of its prices
  int pip = -4;
  std::uint64_t key = 0;
  std::unique_ptr<QuoteHistory> history;
};

/// Immutable once made, so any thread may read it.
class Listing {
 public:
  /// Throws CsvError, or std::invalid_argument for a symbol OANDA could not have.
  explicit Listing(const Options &options);

  /// Null when not listed.
  const Instrument *find(std::string_view name) const;
  std::span<const Instrument> all() const { return instruments_; }

 private:
  void add_ticks(std::uint64_t seed, const TickSource &source);

  std::vector<Instrument> instruments_;
};

}  // namespace tapedeck::sim::oanda
