// A store in memory with the rules of abi/storage.h, that fails when the test says so.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "ingest/testing/fake_market.hpp"
#include "runtime/storage.hpp"

namespace tapedeck::testing {

// What is "on disk"; it outlives the connections. Threads: any.
class MemoryStore {
 public:
  struct Row {
    Values values{};
    std::string source, version;
    std::int32_t price_exp = 0, volume_exp = 0;
    std::uint32_t rank = 0, state = 0;
    bool operator==(const Row &) const = default;
  };
  using Rows = std::map<Nanos, Row>;

  // Before the n-th commit or batch (from 1), on its thread; what it throws, the commit throws, and
  // nothing is stored. It may take its time: nobody else waits meanwhile.
  std::function<void(int commit)> on_commit;
  bool takes_batches = true;  // false: commit_batch() is TDK_NOT_SUPPORTED

  CommitResult commit(const Commit &commit);
  CommitResult commit_batch(const CommitBatch &batch);
  void query(const CandleScan &scan, const Storage::OnBatch &on_batch) const;
  void query_ticks(const TickScan &scan, const std::function<bool(const Tick &)> &on_tick) const;
  std::vector<SeriesStat> list_series() const;
  std::vector<LedgerEntry> coverage(const Series &series, std::string_view source,
                                    TimeRange range) const;
  Rows rows(const Series &series) const;
  // By time, then sequence.
  std::vector<Tick> ticks(const std::string &symbol, bool trades) const;
  // The slots of a state, over all sources.
  RangeSet in_state(const Series &series, CoverageState state) const;
  int commits() const;  // commits and batches that came, failed ones included
  // How many commits each transaction was that is stored.
  std::vector<std::size_t> transactions() const;

 private:
  using Ledger = std::map<Nanos, LedgerEntry>;  // of one series and source, by start
  using TickKey = std::tuple<std::string, bool, std::string, std::int64_t>;  // symbol, trade, source, sequence
  void announce();
  CommitResult store(const Commit &commit);
  static void replace(Ledger &ledger, const LedgerEntry &entry);
  static void split(Ledger &ledger, Nanos at);
  static void merge_at(Ledger &ledger, Nanos at);

  mutable std::mutex mutex_;
  std::map<std::string, Series> series_;  // by name, as below
  std::map<std::string, Rows> rows_;
  std::map<std::string, std::uint64_t> revisions_;
  std::map<std::string, std::map<std::string, Ledger>> ledgers_;  // by series and source
  std::map<TickKey, Tick> ticks_;
  int commits_ = 0;
  std::vector<std::size_t> transactions_;
};

class MemoryStorage final : public Storage {
 public:
  explicit MemoryStorage(std::shared_ptr<MemoryStore> store) : store_(std::move(store)) {}
  CommitResult commit(const Commit &c) override { return store_->commit(c); }
  CommitResult commit_batch(const CommitBatch &b) override { return store_->commit_batch(b); }
  void query(const CandleScan &scan, const OnBatch &on_batch, const tdk_cancel *) override {
    store_->query(scan, on_batch);
  }
  void query_ticks(const TickScan &scan, const std::function<bool(const Tick &)> &on_tick,
                   const tdk_cancel *) override {
    store_->query_ticks(scan, on_tick);
  }
  std::vector<LedgerEntry> coverage(const Series &series, std::string_view source, TimeRange range,
                                    const tdk_cancel *) override {
    return store_->coverage(series, source, range);
  }
  std::vector<SeriesStat> list_series(const tdk_cancel *) override { return store_->list_series(); }
  void health() override {}

 private:
  std::shared_ptr<MemoryStore> store_;
};

}  // namespace tapedeck::testing
