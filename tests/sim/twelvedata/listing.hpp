// The instruments of the simulated Twelve Data: made-up ones, and one for each CSV file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/options.hpp"
#include "sim/series.hpp"
#include "sim/split.hpp"
#include "sim/zone.hpp"

namespace tapedeck::sim::twelvedata {

enum class Class { Stock, Index, Forex, Metal, Crypto };

struct Instrument {
  std::string symbol, name;
  Class kind = Class::Stock;
  std::string currency, exchange, mic, country;  ///< empty where the vendor has none
  std::string base, quote;                       ///< of pairs, as names: `Euro`
  int decimals = 2;                              ///< of its prices
  std::string plan;                              ///< the least one that has it; empty: any
  bool recorded = false;                         ///< out of a CSV file, which knows its own hours
  std::uint64_t key = 0;
  Granularity unit;
  std::unique_ptr<Series> series;

  bool is_pair() const { return kind != Class::Stock && kind != Class::Index; }
  bool has_volume() const { return !is_pair(); }
  std::string_view type() const;
  /// The zone of answers that name none.
  Zone zone() const;
};

/// Whether it trades: forex but for Friday 17:00 to Sunday 17:00 New York, metals but for Friday
/// 17:00 to Sunday 18:00 and an hour from 17:00 each day, stocks and
/// indices 09:30 to 16:00 New York on weekdays. A simple rule of its own, without holidays.
/// `extended` adds what US stocks trade from 04:00 to 20:00.
bool is_open(const Instrument &instrument, std::int64_t utc_ms, bool extended = false);

/// Immutable once made, so any thread may read it.
class Listing {
 public:
  /// Throws CsvError, or std::invalid_argument for a symbol that cannot be.
  Listing(std::uint64_t seed, const std::vector<CsvSource> &csv);

  /// Any letter case; an exchange behind a colon counts. Null when not listed.
  const Instrument *find(std::string_view symbol) const;
  const std::vector<Instrument> &all() const { return instruments_; }

 private:
  void add_csv(std::uint64_t seed, const CsvSource &source);

  std::vector<Instrument> instruments_;
};

}  // namespace tapedeck::sim::twelvedata
