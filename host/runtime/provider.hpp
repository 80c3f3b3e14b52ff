// A vendor as the host asks it, whatever is behind: a plugin, or a test's script.
#pragma once

#include <tapedeck/abi.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "market/candle_columns.hpp"
#include "market/series.hpp"

namespace tapedeck {

struct ProviderInfo {
  std::uint64_t capabilities = 0;  // TDK_CAP_*
  std::vector<Interval> intervals;
  std::uint64_t candles_per_request = 1000;
  std::uint64_t credits_per_request = 1;  // in the vendor's own unit (Binance: weight)
  bool offers(Interval i) const;
};

struct SymbolInfo {
  std::string symbol;         // canonical
  std::string vendor_symbol;
  std::uint32_t status = TDK_SYMBOL_UNKNOWN;
};

struct CandleAsk {
  Series series;
  TimeRange range;            // of open times
  std::uint64_t limit = 0;    // 0: none
  bool newest = false;        // of the range the newest `limit`
};

// Lifecycle: one instance of a configured plugin. Threads: one call at a time.
// Failures: tapedeck::Error from every call; TDK_CANCELLED and TDK_TIMEOUT come from the token.
class Provider {
 public:
  virtual ~Provider() = default;
  virtual const ProviderInfo &info() const = 0;
  // Appends to `out`, ascending, inside the range; forming candles carry their mark.
  virtual void fetch_candles(const CandleAsk &ask, CandleColumns &out, const tdk_cancel *cancel) = 0;
  // The open time of the vendor's first candle; nothing when it has none or cannot say.
  virtual std::optional<Nanos> earliest(const Series &series, const tdk_cancel *cancel) = 0;
  virtual std::vector<SymbolInfo> search_symbols(const std::string &query, std::uint64_t limit,
                                                 const tdk_cancel *cancel) = 0;
};

}  // namespace tapedeck
