// A vendor as the host asks it, whatever is behind: a plugin, or a test's script.
#pragma once

#include <tapedeck/abi.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "market/candle_columns.hpp"
#include "market/series.hpp"
#include "market/tick.hpp"
#include "runtime/facts.hpp"

namespace tapedeck {

struct ProviderInfo {
  std::uint64_t capabilities = 0;  // TDK_CAP_*
  std::vector<Interval> intervals;
  std::uint64_t candles_per_request = 1000;
  std::uint64_t credits_per_request = 1;  // in the vendor's own unit (Binance: weight)
  std::uint32_t series_per_stream = 0;    // of one connection; 0: any number
  bool offers(Interval i) const;
};

struct CandleAsk {
  Series series;
  TimeRange range;            // of open times
  std::uint64_t limit = 0;    // 0: none
  bool newest = false;        // of the range the newest `limit`
};

// What a live connection is asked for.
struct StreamAsk {
  std::vector<Series> candles;
  std::vector<std::string> trades, quotes;  // symbols
};

struct StreamEvent {
  std::uint32_t kind = 0;         // TDK_STREAM_*
  std::optional<Series> series;   // nothing: all. Trades and quotes have an interval of unit 0
  TimeRange range;
  std::string detail;
};

// Where a connection's data goes. Threads: one of the plugin, while run_stream() waits. What a function
// throws ends the stream and comes out of run_stream().
class StreamSink {
 public:
  virtual ~StreamSink() = default;
  virtual void on_candles(const Series &series, const tdk_candle_batch &batch) = 0;  // checked, borrowed
  // Ticks of one symbol, in the vendor's order; `symbol` is borrowed.
  virtual void on_ticks(std::string_view symbol, std::span<const Tick> ticks) = 0;
  virtual void on_event(const StreamEvent &event) = 0;
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
  // The newest quote of each symbol, in any order. Here and below TDK_NOT_SUPPORTED, and never nothing, is
  // the answer of a vendor that has no such thing.
  virtual std::vector<QuoteRow> fetch_quotes(const std::vector<std::string> &symbols, const tdk_cancel *cancel);
  // Events with a time in `range`; `country` as the vendor writes it, empty: all.
  virtual std::vector<EconomicEvent> fetch_calendar(TimeRange range, const std::string &country,
                                                    const tdk_cancel *cancel);
  // Blocks while the connection lasts. Throws what ended it: TDK_CANCELLED, TDK_UNAVAILABLE (lost),
  // TDK_NOT_SUPPORTED, whatever the vendor or the sink said.
  virtual void run_stream(const StreamAsk &ask, StreamSink &sink, const tdk_cancel *cancel);
  // False: a call hangs inside, and no further one will be let in. Another instance may do better.
  virtual bool usable() const { return true; }
};

}  // namespace tapedeck
