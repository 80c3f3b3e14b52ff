// Everything a backfill needs, in memory: a vendor, a store, a clock; and what must be true
// afterwards.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ingest/backfill.hpp"
#include "ingest/testing/memory_storage.hpp"
#include "ingest/testing/scripted_provider.hpp"

namespace tapedeck::testing {

constexpr Nanos kStart = 1'717'200'000 * kSecond;  // 2024-06-01T00:00:00Z, a Saturday
constexpr Nanos at(std::int64_t minutes) { return kStart + minutes * kMinute; }

// One source "vendor" to one storage "store", unless the test makes more of them. The wish is
// minutes 0 to 2000 of BTC/USDT, in pages of 100; "now" is thirty days later, so that nothing there
// is late.
struct BackfillBench {
  explicit BackfillBench(FakeMarket market = {}, Nanos now = at(30 * 1440));

  SeriesPlan plan(TimeRange wanted = {at(0), at(2000)}, const std::string &symbol = "BTC/USDT");
  // With the vendor's and the store's names; reads the ledger again.
  void refresh(SeriesPlan &plan);
  BackfillReport run(const std::vector<SeriesPlan> &plans);
  BackfillReport run();  // a fresh plan, as the next start of the program makes it
  BackfillPorts ports();

  // Present and NoTrades and ProviderHasNone only where true, rows exactly the market's.
  void expect_truthful(const SeriesPlan &plan);
  // That, and nothing left.
  void expect_whole(const SeriesPlan &plan);
  std::int64_t slots(CoverageState state, TimeRange range = {at(0), at(2000)});
  std::vector<LedgerEntry> ledger() { return store->coverage(series, "", {INT64_MIN, INT64_MAX}); }

  ManualClock clock;
  CancelSource cancel;
  Series series;
  std::shared_ptr<Vendor> vendor;
  std::shared_ptr<MemoryStore> store;
  std::map<std::string, std::shared_ptr<Vendor>> vendors;  // by name of the source
  std::map<std::string, std::shared_ptr<MemoryStore>> stores;
  BackfillSettings settings;
  int parallel = 1;
  std::unique_ptr<BackfillProgress> progress = std::make_unique<BackfillProgress>();
};

}  // namespace tapedeck::testing
