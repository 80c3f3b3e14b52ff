// A store as the host uses it, whatever is behind: a plugin, or a test's map.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "market/candle_columns.hpp"
#include "market/series.hpp"
#include "market/tick.hpp"
#include "runtime/facts.hpp"
#include "runtime/ledger_entry.hpp"
#include "runtime/outbox.hpp"

namespace tapedeck {

class Transfer;

struct Commit {
  Series series;
  std::string source;
  std::string source_version;
  std::uint32_t rank = 0;
  Nanos fetched_at = 0;
  const CandleColumns *candles = nullptr;  // may be NULL: ledger only
  std::vector<LedgerEntry> ledger;
  std::string pipeline{};  // on whose behalf: says where its rows are published to
};

struct CommitResult {
  std::uint64_t inserted = 0, updated = 0, unchanged = 0, outranked = 0;
};

// Quotes and trades of one symbol; each has a sequence.
struct TickBatch {
  std::string symbol;
  std::vector<Tick> ticks;
};

// One transaction.
struct CommitBatch {
  std::vector<Commit> commits;
  std::string source, source_version;  // of the ticks
  std::vector<TickBatch> ticks;
  std::string pipeline{};             // of the ticks, as in Commit
  std::vector<OutboxEvent> events{};  // TDK_NOT_SUPPORTED where the storage has no outbox
};

struct TickScan {
  std::string symbol;
  bool trades = false;  // else quotes
  TimeRange range;
  std::uint64_t limit = 0;  // 0: none
  bool newest = false;
};

struct SeriesStat {
  Series series;
  std::optional<Nanos> first, last;
  std::uint64_t rows = 0;
  std::uint64_t revisions = 0;
};

struct CandleScan {
  Series series;
  TimeRange range;
  std::uint64_t limit = 0;  // 0: none
  bool newest = false;
  std::uint64_t batch_hint = 0;
};

// Lifecycle: one connection. Threads: one call at a time.
// Failures: tapedeck::Error; TDK_NOT_FOUND when the series is not in the store.
class Storage {
 public:
  // Return false to stop; then the call returns normally.
  using OnBatch = std::function<bool(const tdk_candle_batch &)>;

  virtual ~Storage() = default;
  virtual CommitResult commit(const Commit &commit) = 0;
  virtual void query(const CandleScan &scan, const OnBatch &on_batch, const tdk_cancel *cancel) = 0;
  // Entries that overlap `range`, whole, by source and time; `source` empty: all.
  virtual std::vector<LedgerEntry> coverage(const Series &series, std::string_view source,
                                            TimeRange range, const tdk_cancel *cancel) = 0;
  virtual std::vector<SeriesStat> list_series(const tdk_cancel *cancel) = 0;
  // All of it or nothing. TDK_NOT_SUPPORTED: this storage keeps no ticks, or has no such transaction.
  virtual CommitResult commit_batch(const CommitBatch &batch);
  // Ascending by time, then sequence. TDK_NOT_FOUND: nothing of this symbol is in the store.
  virtual void query_ticks(const TickScan &scan, const std::function<bool(const Tick &)> &on_tick,
                           const tdk_cancel *cancel);
  // What vendors say about symbols and economic events; what is fetched later replaces. Each function
  // throws TDK_NOT_SUPPORTED where the storage keeps none.
  virtual void store_symbols(const std::string &source, Nanos fetched_at, std::span<const SymbolInfo> symbols);
  virtual std::vector<SymbolInfo> query_symbols(const std::string &symbol, std::uint64_t limit, const tdk_cancel *cancel);
  virtual void store_events(const std::string &source, Nanos fetched_at, std::span<const EconomicEvent> events);
  virtual std::vector<EconomicEvent> query_events(TimeRange range, const std::string &country, const tdk_cancel *cancel);
  // Throws TDK_NOT_SUPPORTED where the storage cannot be copied. Valid as long as the storage.
  virtual Transfer &transfer();
  virtual void health() = 0;
};

}  // namespace tapedeck
