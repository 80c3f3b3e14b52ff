// A store in memory that keeps all that is known of its rows, can be copied, and fails when the test says so.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include <tapedeck/layer/core.hpp>

#include "base/clock.hpp"
#include "ingest/testing/memory_storage.hpp"
#include "runtime/transfer.hpp"

namespace tapedeck::testing {

// What is "on disk". Threads: one at a time.
class KeptStore {
 public:
  struct Row {
    KeptOrigin origin;
    std::uint32_t state = 0;
    std::array<std::int64_t, 7> cells{};
    Nanos replaced_at = TDK_NULL_I64;
    bool operator==(const Row &) const = default;
  };
  struct Candles {
    std::map<Nanos, Row> standing;
    std::map<Nanos, std::vector<Row>> former;
    bool operator==(const Candles &) const = default;
  };
  using TickKey = std::tuple<std::string, bool, std::string, std::int64_t>;  // symbol, trade, source, sequence
  using KeptTick = std::pair<std::string, Tick>;                             // version, tick

  std::map<std::string, std::pair<Series, Candles>> series;  // by name
  std::map<TickKey, KeptTick> ticks;
  std::map<std::pair<std::string, std::string>, SymbolInfo> symbols;                          // symbol, source
  std::map<std::tuple<Nanos, std::string, std::string, std::string>, EconomicEvent> events;   // time, source, id, title
  MemoryStore ledger;

  // Before each call that reads or writes; what it throws, the call throws, and nothing has changed.
  std::function<void(bool writes)> on_call;

  std::vector<LedgerEntry> ledger_of(const Series &series) const;
  // Present in the ledger without a row: what must never be.
  std::vector<Nanos> claimed_in_vain() const;
};

class KeptStorage final : public Storage, public Transfer {
 public:
  KeptStorage(KeptStore &store, Clock &clock) : store_(store), clock_(clock) {}
  CommitResult commit(const Commit &commit) override;
  CommitResult commit_batch(const CommitBatch &batch) override;
  void query(const CandleScan &, const OnBatch &, const tdk_cancel *) override { throw Error(TDK_NOT_SUPPORTED, "query"); }
  void query_ticks(const TickScan &scan, const std::function<bool(const Tick &)> &on_tick, const tdk_cancel *cancel) override;
  std::vector<LedgerEntry> coverage(const Series &series, std::string_view source, TimeRange range, const tdk_cancel *) override;
  std::vector<SeriesStat> list_series(const tdk_cancel *) override;
  void store_symbols(const std::string &source, Nanos at, std::span<const SymbolInfo> rows) override;
  std::vector<SymbolInfo> query_symbols(const std::string &symbol, std::uint64_t limit, const tdk_cancel *) override;
  void store_events(const std::string &source, Nanos at, std::span<const EconomicEvent> rows) override;
  std::vector<EconomicEvent> query_events(TimeRange range, const std::string &country, const tdk_cancel *) override;
  void health() override {}
  Transfer &transfer() override { return *this; }

  void read_candles(const Series &series, TimeRange range, const OnCandles &on_candles, const tdk_cancel *) override;
  std::uint64_t write_candles(const Series &series, const KeptRows &rows) override;
  std::vector<std::string> tick_symbols(const tdk_cancel *) override;
  void read_ticks(const std::string &symbol, TimeRange range, const OnTicks &on_ticks, const tdk_cancel *) override;

 private:
  void announce(bool writes) const {
    if (store_.on_call) store_.on_call(writes);
  }
  KeptStore &store_;
  Clock &clock_;
};

}  // namespace tapedeck::testing
