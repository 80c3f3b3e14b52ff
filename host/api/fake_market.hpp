// A store in memory for the tests of the API, which can be made slow, broken or endless.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "config/config.hpp"
#include "query/query_service.hpp"
#include "runtime/storage.hpp"

namespace tapedeck::api {

inline constexpr Nanos kStart = 1'704'067'200 * kSecond;  // 2024-01-01T00:00:00Z

// A run of candles, one a minute, without the rows of `missing` (index ranges).
struct FakeSeries {
  Series series;
  std::int64_t rows = 0;
  std::vector<std::pair<std::int64_t, std::int64_t>> missing;
  std::vector<LedgerEntry> ledger;
  bool has(std::int64_t row) const;
};

// What all readers of the fake share. BTC/USDT 1m: 3,000 minutes, of which [1000,1100) failed,
// [2000,2050) was never asked for and [2500,2510) had no trades. ETH/USDT 1m: configured, empty.
// ADA/USDT 1m: 200 complete minutes. BIG/USDT 1m: 20 million rows that need no memory.
struct FakeMarket {
  FakeMarket();
  std::vector<FakeSeries> all;
  std::function<void(std::uint64_t batch, const tdk_cancel *)> before_batch;  // may throw, or wait
  std::function<void()> before_list;
  std::atomic<int> scans{0};         // under way
  std::atomic<std::uint64_t> batches{0};
  // Waits until no scan is under way; false after 10 s.
  bool await_no_scan();

  Config config;
  QueryService::Pools pools;
  std::unique_ptr<QueryService> query;

 private:
  friend class FakeStorage;
  std::mutex mutex_;
  std::condition_variable idle_;
};

}  // namespace tapedeck::api
