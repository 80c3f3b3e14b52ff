// All that a store keeps, as it keeps it: what one store is copied into another by.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "market/series.hpp"
#include "market/tick.hpp"
#include "runtime/kept_rows.hpp"

namespace tapedeck {

// Ticks of one symbol and origin.
struct KeptTicks {
  std::string source, source_version;
  std::vector<Tick> ticks;
};

// The other side of a Storage that offers it. Lifecycle, threads and failures: as the Storage it belongs to. The
// ledger, symbols and economic events go through that Storage itself, ticks into it by commit_batch().
class Transfer {
 public:
  // Return false to stop; then the call returns normally. What they get is borrowed.
  using OnCandles = std::function<bool(const tdk_kept_candles &)>;
  using OnTicks = std::function<bool(const KeptTicks &)>;

  virtual ~Transfer() = default;
  // The standing candles of the range by open time, then its former values.
  virtual void read_candles(const Series &series, TimeRange range, const OnCandles &on_candles, const tdk_cancel *cancel) = 0;
  // One transaction; how many rows were new. Throws TDK_INVALID_ARGUMENT, with nothing stored, when another value stands at
  // one of the open times.
  virtual std::uint64_t write_candles(const Series &series, const KeptRows &rows) = 0;
  virtual std::vector<std::string> tick_symbols(const tdk_cancel *cancel) = 0;
  // Each piece by kind, quotes first, then time, then sequence.
  virtual void read_ticks(const std::string &symbol, TimeRange range, const OnTicks &on_ticks, const tdk_cancel *cancel) = 0;
};

}  // namespace tapedeck
