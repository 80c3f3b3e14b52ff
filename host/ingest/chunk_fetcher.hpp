// One page of one series: asked, checked, and turned into rows and ledger entries.
#pragma once

#include <cstdint>
#include <optional>

#include "ingest/absence.hpp"
#include "ingest/chunk.hpp"
#include "ingest/vendor_probe.hpp"

namespace tapedeck {

struct FetchSettings {
  int tries = 3;                      // of a page whose answer cannot be used
  Nanos backoff = 200'000'000;        // doubled each time, with jitter
  Nanos longest_wait = 5 * kMinute;   // for a vendor that says "later"; longer: StopSource
  Nanos call_timeout = 15 * kMinute;  // of one call into the provider, budget waits included
};

// Threads: one at a time; the provider is used by nobody else.
class ChunkFetcher {
 public:
  ChunkFetcher(Provider &provider, FetchSettings settings, Clock &clock, const CancelSource &cancel,
               std::uint64_t seed);

  // Fills `out`, whose chunk says what to ask. Only TDK_CANCELLED comes out as an Error: everything
  // else is a Failure, recorded in the ledger entries.
  void fetch(const SeriesPlan &plan, Evidence &evidence, ChunkResult &out);

 private:
  std::optional<Failure> try_once(const SeriesPlan &plan, Evidence &evidence, ChunkResult &out);
  void fetch_page(const SeriesPlan &plan, Evidence &evidence, ChunkResult &out);
  void drop_forming(const SeriesPlan &plan, ChunkResult &out);
  void drop_closed(const SeriesPlan &plan, TimeRange range, ChunkResult &out);
  void explain_end(const SeriesPlan &plan, TimeRange absent, Evidence &evidence, ChunkResult &out);
  void confirm_silence(const SeriesPlan &plan, ChunkResult &out);
  bool wait_before_retry(const Failure &failure, int attempt);
  void wait(Nanos time);

  VendorProbe vendor_;
  AbsenceJudge judge_;
  const FetchSettings settings_;
  Clock &clock_;
  const CancelSource &cancel_;
  std::uint64_t random_;
};

}  // namespace tapedeck
