// A vendor's plugin as the host calls it.
#pragma once

#include <tapedeck/abi.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "market/series.hpp"
#include "plugins/instance.hpp"
#include "plugins/tables.hpp"

namespace tapedeck {

struct PluginProviderInfo {
  std::uint64_t capabilities = 0;  // TDK_CAP_*, as configured
  std::vector<tdk_interval> intervals;
  std::uint64_t max_candles_per_call = 0;  // 0: unlimited
  std::uint32_t max_instances = 0;         // 0: any number
  std::uint32_t requests_per_minute = 0;   // 0: unknown
  std::uint32_t max_stream_symbols = 0;    // 0: unlimited
  std::uint32_t credits_per_request = 0;   // of a page of candles, in the tightest budget; 0: 1
};

struct PluginCandleQuery {
  Series series;
  TimeRange range;               // of open times
  std::uint64_t limit = 0;       // 0: none
  bool newest = false;           // of the range the newest `limit`
  std::uint64_t batch_hint = 0;  // rows a batch, 0: the plugin's choice
};

struct PluginQuote {
  std::string symbol;
  tdk_quote values{};  // its strings are empty; what the plugin does not know is TDK_NULL_I64
};

struct PluginSymbol {
  std::string symbol, name, exchange, currency, country, isin, vendor_symbol;
  tdk_symbol values{};  // its strings are empty
  tdk_symbol view() const;  // with its strings, borrowed
};

struct PluginEvent {
  std::string id, title, country, currency, unit;
  tdk_calendar_event values{};  // its strings are empty
  tdk_calendar_event view() const;  // with its strings, borrowed
};

// Receives checked, borrowed batches; answers TDK_OK, or TDK_STOP to end the call. What it throws
// ends the call and is thrown by it. Runs on a thread of the plugin while the caller waits.
using CandleSink = std::function<tdk_status(const tdk_candle_batch &)>;

struct PluginStreamAsk {
  std::vector<Series> candles;
  std::vector<std::string> trades, quotes;  // symbols
};

// Where a stream's data goes, checked and borrowed. What a function throws ends the call and is thrown
// by it. Runs on a thread of the plugin while the caller waits.
class PluginStreamSink {
 public:
  virtual ~PluginStreamSink() = default;
  virtual void on_candles(const tdk_series &series, const tdk_candle_batch &batch) = 0;
  virtual void on_quotes(std::span<const tdk_quote> quotes) = 0;
  virtual void on_event(const tdk_stream_event &event) = 0;
};

// Every call runs on a worker thread of the instance, so that the caller gets TDK_UNAVAILABLE
// ("binance: wedged in fetch_candles since 12:00:01; restart to recover") when the plugin does not
// come back after deadline or cancellation. `cancel` may be NULL. Failures are thrown as Error
// ("binance: fetch_candles: HTTP 503"); TDK_NOT_SUPPORTED when the plugin has no such function.
// Threads: any.
class ProviderPlugin {
 public:
  explicit ProviderPlugin(std::shared_ptr<PluginInstance> instance);  // throws TDK_NOT_SUPPORTED

  PluginProviderInfo info();

  // TDK_OK: all there is has been handed over. TDK_STOP: `sink` ended it. TDK_CANCELLED. A batch
  // that fails the intake check is TDK_BAD_DATA, whatever the plugin says.
  tdk_status fetch_candles(const PluginCandleQuery &query, const CandleSink &sink,
                           const tdk_cancel *cancel);

  // Until cancelled (TDK_CANCELLED) or the plugin ends it.
  tdk_status run_stream(const PluginStreamAsk &ask, PluginStreamSink &sink, const tdk_cancel *cancel);

  // The following throw Error(TDK_CANCELLED) when cancelled.
  std::vector<PluginQuote> fetch_quotes(const std::vector<std::string> &symbols,
                                        const tdk_cancel *cancel);
  std::vector<PluginSymbol> search_symbols(std::string query, std::uint64_t limit,
                                           const tdk_cancel *cancel);
  std::vector<PluginEvent> fetch_calendar(tdk_range range, std::string country, const tdk_cancel *cancel);
  std::int64_t earliest(const Series &series, const tdk_cancel *cancel);

  PluginInstance &instance() const { return *instance_; }
  std::uint64_t capabilities() const { return table_.capabilities; }  // of the code

 private:
  std::shared_ptr<PluginInstance> instance_;
  ProviderTable table_;
};

}  // namespace tapedeck
