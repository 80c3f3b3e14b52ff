// What vendors know beside candles: live quotes, symbols, where data begins, economic events. Asked of them when
// somebody wants it, kept in the cache for a while, and stored.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "query/fact_bytes.hpp"
#include "query/fact_cache.hpp"
#include "query/fact_sources.hpp"
#include "query/query_service.hpp"
#include "runtime/cache.hpp"
#include "runtime/provider_pool.hpp"

namespace tapedeck {

// How long an answer counts as new.
struct FactTtl {
  Nanos quote = 10 * kSecond;
  Nanos symbols = kHour, events = kHour;
  Nanos series = 300 * kSecond;  // where a series begins
};

struct FactsPorts {
  std::function<std::unique_ptr<Provider>(const std::string &source)> open_provider;
  std::function<std::string(const std::string &source)> version_of;
  std::vector<std::string> providers;  // all that are configured, in the order of the configuration
};

// An answer, who gave it when, and whether it came from the cache.
template <class T>
struct Fact {
  T value{};
  std::string source;
  Nanos fetched_at = 0;
  bool cached = false;
};

struct QuoteAnswer {
  std::string symbol;  // canonical; as it was asked where it means nothing here
  std::optional<Fact<Tick>> quote;
  std::optional<Error> error;
};

struct SymbolsAnswer {
  std::vector<Fact<std::vector<SymbolInfo>>> found;             // of each provider that answered
  std::vector<std::pair<std::string, Error>> errors;            // provider and why not
};

struct EarliestAnswer {
  Series series;
  Fact<Nanos> first;
};

struct EventsAnswer {
  Fact<std::vector<EconomicEvent>> events;
  std::optional<Error> stale;  // why these are from the store, as they were told at an earlier time
};

// What is configured and stored of one symbol, and what vendors have said of it.
struct InstrumentEntry {
  std::string symbol;
  std::string asset_class;
  std::vector<std::string> pipelines, intervals, prices, sources;
  bool stored = false;
  std::optional<SymbolInfo> details;
};

// Threads: any; a call blocks its thread until the vendor has answered.
// Failures: tapedeck::Error. TDK_NOT_SUPPORTED when no provider that is asked has such a thing, never an empty
// answer instead; TDK_NOT_FOUND (SeriesNotFound) of a symbol; TDK_CANCELLED and TDK_TIMEOUT of the token.
class FactsService {
 public:
  using Warn = std::function<void(const std::string &)>;
  // `cache` and `clock` outlive it. `warn` hears what could not be stored, from any thread.
  FactsService(Cache &cache, Clock &clock, Warn warn, FactTtl ttl = {});

  // From now on this configuration is asked; calls under way end with the former one. `keep` holds it, the pools
  // and what the ports need alive. What the cache has of the former one is forgotten.
  void replace(const Config &config, QueryService::Pools &pools, FactsPorts ports, std::shared_ptr<const void> keep);

  // One answer for each symbol, in their order; several symbols of one source are one call, and different sources
  // are asked at once.
  std::vector<QuoteAnswer> quotes(const std::vector<std::string> &symbols, const tdk_cancel *cancel);
  // Of all providers at once, each of which has three seconds; or of one. Throws only when none answered.
  SymbolsAnswer symbols(const std::string &query, std::uint64_t limit, const std::string &provider,
                        const tdk_cancel *cancel);
  // The open time of the vendor's first candle.
  EarliestAnswer earliest(const std::string &symbol, Interval interval, const tdk_cancel *cancel);
  EventsAnswer events(TimeRange range, const std::string &country, const std::string &provider,
                      const tdk_cancel *cancel);
  std::vector<InstrumentEntry> instruments(const tdk_cancel *cancel);

 private:
  struct Market;
  std::shared_ptr<Market> market() const;
  std::vector<std::string> asked_providers(const Market &market, const std::string &provider) const;
  std::optional<Error> fetch_group(Market &market, const std::vector<FactTarget> &targets, const FactTarget &group,
                                   std::vector<std::size_t> &open, std::vector<FactAnswer> &out, const tdk_cancel *cancel);
  std::vector<FactAnswer> fetch_quotes(Market &market, const std::vector<FactTarget> &targets, const tdk_cancel *cancel);
  void store_quotes(Market &market, const std::string &storage, const FactHead &head, const std::vector<QuoteRow> &rows);
  void keep_in_store(Market &market, const std::string &storage, const char *what,
                     const std::function<void(Storage &)> &store);

  FactCache answers_;
  Cache &cache_;
  Clock &clock_;
  const Warn warn_;
  const FactTtl ttl_;
  mutable std::mutex mutex_;
  std::shared_ptr<Market> market_;
};

}  // namespace tapedeck
