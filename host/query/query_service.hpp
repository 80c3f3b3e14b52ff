// Reads for people and programs: which series there are, their candles, and what is missing of them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "runtime/holes.hpp"
#include "runtime/storage_pool.hpp"

namespace tapedeck {

// A series and the store it lives in.
struct KnownSeries {
  Series series;
  std::string storage;
  std::optional<SeriesStat> stat;                  // nothing: configured, but no row yet
  std::shared_ptr<const Calendar> calendar;        // of the pipeline; NULL when none names the series
  std::vector<std::string> sources;
};

struct CandleQuery {
  KnownSeries known;
  TimeRange range;
  std::uint64_t limit = 0;  // 0: none
  bool descending = false;
};

// Threads: any. Failures: tapedeck::Error; series_not_found.hpp carries the nearest symbol.
class QueryService {
 public:
  using Pools = std::map<std::string, std::unique_ptr<StoragePool>>;  // by storage name
  QueryService(const Config &config, Pools &pools, std::shared_ptr<const void> keep = nullptr) {
    replace(config, pools, std::move(keep));
  }
  // From now on answers come from these; calls under way end with the former ones. `keep` holds both
  // alive; without it they outlive the service.
  void replace(const Config &config, Pools &pools, std::shared_ptr<const void> keep);

  // What the configuration names, without a look into any store.
  std::vector<Series> configured() const;

  // Everything configured or stored, by name.
  std::vector<KnownSeries> list(const tdk_cancel *cancel) const;

  // `symbol` in any notation; without a `price` ("bid") the first of trade, mid, bid and ask that there is.
  // SeriesNotFound: unknown symbol, or this interval or price of it; TDK_INVALID_ARGUMENT: no interval, no price, or
  // a symbol that may mean several that are kept here.
  KnownSeries find(const std::string &symbol, const std::string &interval, const std::string &price,
                   const tdk_cancel *cancel) const;

  // Whole ledger, or what overlaps `range`.
  std::vector<LedgerEntry> coverage(const KnownSeries &known, TimeRange range, const tdk_cancel *cancel) const;
  std::vector<Hole> holes(const KnownSeries &known, TimeRange range, const tdk_cancel *cancel) const;

  // The range from the first to the last thing that is known of a series: rows and ledger.
  std::optional<TimeRange> extent(const KnownSeries &known, const tdk_cancel *cancel) const;

  // Final candles in the asked order, in batches; `on_batch` returns false to stop. Nothing is held in
  // memory but a batch.
  void candles(const CandleQuery &query, const Storage::OnBatch &on_batch, const tdk_cancel *cancel) const;

 private:
  void descend(Storage &storage, const CandleQuery &query, const Storage::OnBatch &on_batch,
               const tdk_cancel *cancel) const;
  struct Market {
    const Config &config;
    Pools &pools;
    std::shared_ptr<const void> keep;
    StoragePool &pool(const std::string &storage) const;
  };
  std::shared_ptr<const Market> market() const;

  mutable std::mutex mutex_;
  std::shared_ptr<const Market> market_;
};

}  // namespace tapedeck
