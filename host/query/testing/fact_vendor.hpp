// Vendors and a store in memory, for the tests of facts: they answer what the test says, and count who asks.
#pragma once

#include <tapedeck/layer/core.hpp>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "query/facts_service.hpp"
#include "runtime/memory_cache.hpp"

namespace tapedeck::testing {

// One vendor. What a function of it is not set to is not supported by it. Threads: any.
struct FactVendor {
  std::function<std::vector<QuoteRow>(const std::vector<std::string> &, const tdk_cancel *)> quotes;
  std::function<std::vector<SymbolInfo>(const std::string &, std::uint64_t, const tdk_cancel *)> symbols;
  std::function<std::vector<EconomicEvent>(TimeRange, const std::string &)> events;
  std::function<std::optional<Nanos>(const Series &)> earliest;

  void called(std::string what);
  std::vector<std::string> calls();  // "quotes BTC/USDT,ETH/USDT", in order

 private:
  std::mutex mutex_;
  std::vector<std::string> calls_;
};

// What of facts and ticks was stored.
struct FactStore {
  std::mutex mutex;
  std::vector<CommitBatch> batches;
  std::map<std::string, std::vector<SymbolInfo>> symbols;    // by source
  std::map<std::string, std::vector<EconomicEvent>> events;  // by source
  std::vector<SeriesStat> series;
  std::optional<Error> failure;                              // of everything that writes
};

// A service over the vendors `alpha` and `beta`, with the pipelines
//   crypto: BTC/USDT, ETH/USDT of alpha, then beta;  fx: EUR/USD of beta
// and the store `store`. Lifecycle: make, set up the vendors, ask.
class FactWorld {
 public:
  explicit FactWorld(Clock &clock);
  FactVendor &vendor(const std::string &name) { return *vendors_.at(name); }
  void connect();  // again, as after a reload

  Config config;
  QueryService::Pools pools;
  FactStore store;
  MemoryCache cache;
  std::vector<std::string> warnings;
  FactsService service;

 private:
  std::map<std::string, std::unique_ptr<FactVendor>> vendors_;
  std::mutex warnings_mutex_;
};

// 1.09500 bid, 1.09510 ask, 1.09505 last.
QuoteRow quote_row(const std::string &symbol, Nanos time);
std::vector<QuoteRow> quote_rows(const std::vector<std::string> &symbols, Nanos time);

}  // namespace tapedeck::testing
