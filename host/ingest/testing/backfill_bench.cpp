#include "ingest/testing/backfill_bench.hpp"

namespace tapedeck::testing {
namespace {

FakeMarket listed_before(FakeMarket m) {
  if (m.listed == 0) m.listed = at(-1440);
  return m;
}

// The slots of the market's first and last candle as of `now`.
std::pair<Nanos, Nanos> life(const FakeMarket &m, Nanos now) {
  Nanos first = m.interval.ceil(m.listed);
  while (first < now && !m.has(first)) first = m.interval.next(first);
  Nanos last = m.interval.floor(std::min(now, m.ended - 1));
  while (last > first && !m.has(last)) last = m.interval.advance(last, -1);
  return {first, last};
}

}  // namespace

BackfillBench::BackfillBench(FakeMarket market, Nanos now)
    : clock(now),
      vendor(std::make_shared<Vendor>(clock, listed_before(std::move(market)))),
      store(std::make_shared<MemoryStore>()) {
  series.symbol = "BTC/USDT";
  series.interval = vendor->market("").interval;
  vendors["vendor"] = vendor;
  stores["store"] = store;
}

SeriesPlan BackfillBench::plan(TimeRange wanted, const std::string &symbol) {
  SeriesPlan p;
  p.series = series;
  p.series.symbol = symbol;
  p.source = "vendor";
  p.storage = "store";
  p.parallel = parallel;
  p.wanted = wanted;
  p.slots_wanted = series.interval.count(wanted);
  refresh(p);
  return p;
}

void BackfillBench::refresh(SeriesPlan &p) {
  MemoryStorage reader(stores.at(p.storage));
  Planner::subtract_ledger(p, reader, ScriptedProvider(vendors.at(p.source)).info(), nullptr);
}

BackfillPorts BackfillBench::ports() {
  BackfillPorts ports;
  ports.open_provider = [this](const std::string &s) {
    return std::make_unique<ScriptedProvider>(vendors.at(s));
  };
  ports.open_storage = [this](const std::string &s) {
    return std::make_unique<MemoryStorage>(stores.at(s));
  };
  ports.source_version = [](const std::string &s) { return s + " 1.0"; };
  ports.info_of = [this](const std::string &s) { return ScriptedProvider(vendors.at(s)).info(); };
  return ports;
}

BackfillReport BackfillBench::run(const std::vector<SeriesPlan> &plans) {
  progress = std::make_unique<BackfillProgress>();
  return run_backfill(plans, ports(), settings, *progress, clock, cancel);
}

BackfillReport BackfillBench::run() { return run({plan()}); }

void BackfillBench::expect_truthful(const SeriesPlan &p) {
  const FakeMarket &m = vendors.at(p.source)->market(p.series.symbol);
  const auto [first, last] = life(m, clock.now_ns());
  const auto rows = stores.at(p.storage)->rows(p.series);
  RangeSet present = stores.at(p.storage)->in_state(p.series, CoverageState::Present);
  const CoverageState states[] = {CoverageState::Present, CoverageState::NoTrades,
                                  CoverageState::ProviderHasNone};
  for (const auto state : states) {
    const auto where = stores.at(p.storage)->in_state(p.series, state);
    for (const auto &r : where.ranges())
      for (Nanos t = r.from; t < r.to; t = m.interval.next(t))
        ASSERT_EQ(coverage_state_name(truth(m, t, first, last)), coverage_state_name(state))
            << format_time(t);
  }
  std::int64_t held = 0;
  for (const auto &r : present.ranges()) held += m.interval.count(r);
  EXPECT_EQ(static_cast<std::int64_t>(rows.size()), held);
  for (const auto &[t, row] : rows) {
    ASSERT_TRUE(present.contains(t)) << format_time(t);
    ASSERT_EQ(row.values, m.values(t)) << format_time(t);
    ASSERT_EQ(row.version, p.source + " 1.0");
  }
}

void BackfillBench::expect_whole(const SeriesPlan &p) {
  expect_truthful(p);
  SeriesPlan after = p;
  refresh(after);
  EXPECT_EQ(after.slots_missing, 0);
  for (const auto &r : after.missing.ranges())
    ADD_FAILURE() << "missing: " << format_time(r.from) << " to " << format_time(r.to);
}

std::int64_t BackfillBench::slots(CoverageState state, TimeRange range) {
  std::int64_t n = 0;
  const auto where = store->in_state(series, state).within(range);
  for (const auto &r : where.ranges()) n += series.interval.count(r);
  return n;
}

}  // namespace tapedeck::testing
