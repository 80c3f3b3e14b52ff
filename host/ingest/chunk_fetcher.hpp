// One page of one series: asked, checked, and turned into rows and ledger entries.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/cancel.hpp"
#include "ingest/evidence.hpp"
#include "ingest/plan.hpp"

namespace tapedeck {

// What the run does after a page that could not be had.
enum class AfterFailure {
  AskAgain,     // later in this run: time-outs, 5xx, unusable answers
  SkipSeries,   // this series will not do better: unknown symbol, interval not offered
  StopSource,   // nobody will do better: banned, no permission, plugin broken
};

struct Failure {
  tdk_status code = TDK_INTERNAL;
  std::string reason;
  Nanos next_try = TDK_NULL_I64;
  std::uint32_t tries = 1;
  AfterFailure after = AfterFailure::AskAgain;
};

struct ChunkResult {
  std::size_t series = 0;  // index into the run's plans
  TimeRange range;
  CandleColumns candles;
  std::vector<LedgerEntry> ledger;  // settles all of `range`, or says that it failed
  std::optional<Failure> failure;
  Nanos fetched_at = 0;
};

struct FetchSettings {
  int tries = 3;                              // of a page whose answer cannot be used
  Nanos backoff = 200'000'000;                // doubled each time, with jitter
  Nanos longest_wait = 5 * kMinute;           // for a vendor that says "later"; longer: StopSource
  Nanos call_timeout = 15 * kMinute;          // of one call into the provider, budget waits included
};

// Threads: one at a time; the provider is used by nobody else.
class ChunkFetcher {
 public:
  ChunkFetcher(Provider &provider, FetchSettings settings, Clock &clock, const CancelSource &cancel,
               std::uint64_t seed);

  // Fills `out`, whose memory is reused. Only TDK_CANCELLED comes out as an Error: everything else is
  // a Failure, recorded in the ledger entries.
  void fetch(const SeriesPlan &plan, TimeRange range, Evidence &evidence, ChunkResult &out);

 private:
  void fetch_once(const SeriesPlan &plan, TimeRange range, Evidence &evidence, ChunkResult &out);
  void explain_empty(const SeriesPlan &plan, TimeRange range, Evidence &evidence, ChunkResult &out);
  void confirm_ends(const SeriesPlan &plan, TimeRange range, Evidence &evidence, ChunkResult &out);
  void confirm_start(const SeriesPlan &plan, TimeRange absent, Evidence &evidence, ChunkResult &out);
  void confirm_end(const SeriesPlan &plan, TimeRange absent, Evidence &evidence, ChunkResult &out);
  std::optional<Nanos> first_in(const Series &series, TimeRange range);
  std::optional<Nanos> last_before(const Series &series, Nanos time);
  Nanos newest_before(const Series &series, TimeRange absent, Nanos now);
  void ask(const CandleAsk &what, CandleColumns &out);
  bool wait_before_retry(const Failure &failure, int attempt);
  void record_failure(const Failure &failure, TimeRange range, ChunkResult &out);

  Provider &provider_;
  FetchSettings settings_;
  Clock &clock_;
  const CancelSource &cancel_;
  std::uint64_t random_;
  CandleColumns probe_;
};

// How an error of a provider is to be taken.
Failure failure_of(tdk_status code, const std::string &message, std::int64_t retry_after_ms, Nanos now,
                   Nanos longest_wait);

}  // namespace tapedeck
