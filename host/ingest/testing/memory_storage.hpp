// A store in memory with the ledger's rules of abi/storage.h, that fails when the test says so.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
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
    bool operator==(const Row &) const = default;
  };
  using Rows = std::map<Nanos, Row>;

  // Before the n-th commit (from 1); what it throws, the commit throws, and nothing is stored.
  std::function<void(int commit)> on_commit;

  CommitResult commit(const Commit &commit);
  std::vector<LedgerEntry> coverage(const Series &series, std::string_view source,
                                    TimeRange range) const;
  Rows rows(const Series &series) const;
  // The slots of a state, over all sources.
  RangeSet in_state(const Series &series, CoverageState state) const;
  int commits() const;  // that came, failed ones included

 private:
  using Ledger = std::map<Nanos, LedgerEntry>;  // of one series and source, by start
  static void replace(Ledger &ledger, const LedgerEntry &entry);
  static void split(Ledger &ledger, Nanos at);
  static void merge_at(Ledger &ledger, Nanos at);

  mutable std::mutex mutex_;
  std::map<std::string, Rows> rows_;
  std::map<std::string, std::map<std::string, Ledger>> ledgers_;  // by series and source
  int commits_ = 0;
};

class MemoryStorage final : public Storage {
 public:
  explicit MemoryStorage(std::shared_ptr<MemoryStore> store) : store_(std::move(store)) {}
  CommitResult commit(const Commit &c) override { return store_->commit(c); }
  void query(const CandleScan &, const OnBatch &, const tdk_cancel *) override {}
  std::vector<LedgerEntry> coverage(const Series &series, std::string_view source, TimeRange range,
                                    const tdk_cancel *) override {
    return store_->coverage(series, source, range);
  }
  std::vector<SeriesStat> list_series(const tdk_cancel *) override { return {}; }
  void health() override {}

 private:
  std::shared_ptr<MemoryStore> store_;
};

}  // namespace tapedeck::testing
