// One page, asked for by a fetcher of its own.
#pragma once

#include <string>

#include "ingest/chunk_fetcher.hpp"
#include "ingest/testing/backfill_bench.hpp"

namespace tapedeck::testing {

inline constexpr TimeRange kPage{at(0), at(100)};

inline FakeMarket quiet(std::int64_t from, std::int64_t to) {
  FakeMarket m;
  m.quiet.add({at(from), at(to)});
  return m;
}

struct Page {
  explicit Page(FakeMarket market = {}, Nanos now = at(30 * 1440))
      : bench(std::move(market), now) {}

  void fetch(Chunk chunk = {0, kPage}) {
    ScriptedProvider provider(bench.vendor);
    ChunkFetcher fetcher(provider, settings, bench.clock, bench.cancel, 7);
    result.start(chunk);
    SeriesPlan plan = bench.plan();
    plan.calendar = calendar;
    fetcher.fetch(plan, evidence, result);
  }
  void fail_first_calls(int n, Fault fault) {
    bench.vendor->script = [=](const CandleAsk &, int call) { return call <= n ? fault : Fault{}; };
  }
  // "present 0-10, no trades 10-100": minutes.
  std::string said() const {
    std::string out;
    for (const auto &e : result.ledger)
      out += (out.empty() ? "" : ", ") + std::string(coverage_state_name(e.state)) + " " +
             std::to_string((e.range.from - kStart) / kMinute) + "-" +
             std::to_string((e.range.to - kStart) / kMinute);
    return out;
  }
  const LedgerEntry &last() const { return result.ledger.back(); }
  int calls() const { return bench.vendor->calls(); }

  BackfillBench bench;
  std::shared_ptr<const Calendar> calendar;
  FetchSettings settings;
  Evidence evidence;
  ChunkResult result;
};

inline constexpr Fault kEmpty{Fault::Empty}, kCut{Fault::Cut};

}  // namespace tapedeck::testing
