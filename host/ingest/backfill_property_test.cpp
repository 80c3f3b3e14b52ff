// What must hold whatever goes wrong, over many seeds: the seed is in the failure's text.
#include <gtest/gtest.h>
#include <tapedeck/layer/core.hpp>

#include <random>
#include <set>

#include "ingest/testing/backfill_bench.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;
namespace {

std::uint64_t mix(std::uint64_t seed, std::uint64_t n) {
  std::uint64_t x = (seed * 1'000'003 + n) * 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

// A market with a listing date, an end date, long and short silences: each only sometimes.
FakeMarket random_market(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::int64_t n) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n));
  };
  FakeMarket m;
  m.seed = seed;
  m.listed = at(below(2) == 0 ? below(1500) : -1440);
  if (below(3) == 0) m.ended = m.listed + (100 + below(1900)) * kMinute;
  m.silent_percent = below(2) == 0 ? 0 : static_cast<unsigned>(below(90));
  for (std::int64_t i = below(4); i > 0; --i) {
    const std::int64_t from = below(2000);
    m.quiet.add({at(from), at(from + 1 + below(below(2) == 0 ? 10 : 500))});
  }
  return m;
}

Fault random_fault(std::uint64_t r) {
  switch (r % 9) {
    case 0:
      return Fault::thrown(TDK_UNAVAILABLE);
    case 1:
      return Fault::thrown(TDK_RATE_LIMITED, static_cast<std::int64_t>(r % 60'000));
    case 2:
      return Fault::thrown(TDK_BAD_DATA);
    case 3:
      return Fault::thrown(TDK_TIMEOUT);
    case 4:
      return {Fault::OffGrid};
    case 5:
      return {Fault::Unsorted};
    case 6:
      return {Fault::OutOfRange};
    case 7:
      return {Fault::Cut};
    default:
      return {Fault::Empty};
  }
}

// Each call goes wrong with the given chance; in one storm of four empty and cut answers only,
// which are the ones that look like truth.
Vendor::Script storm(std::uint64_t seed, unsigned percent) {
  return [=](const CandleAsk &, int call) {
    const std::uint64_t r = mix(seed, static_cast<std::uint64_t>(call));
    if (r % 100 >= percent) return Fault{};
    return random_fault(seed % 4 == 0 ? 7 + 9 * (r >> 32) + (r >> 20) % 2 : r >> 32);
  };
}

// What a store holds, without how it came there.
struct Content {
  MemoryStore::Rows rows;
  std::vector<RangeSet> states;
  bool operator==(const Content &) const = default;
};

Content content(const BackfillBench &bench) {
  Content c{bench.store->rows(bench.series), {}};
  for (const auto s : {CoverageState::Present, CoverageState::NoTrades, CoverageState::Closed,
                       CoverageState::ProviderHasNone, CoverageState::Failed})
    c.states.push_back(bench.store->in_state(bench.series, s));
  return c;
}

Content undisturbed(std::uint64_t seed) {
  BackfillBench bench(random_market(seed));
  bench.run();
  bench.expect_whole(bench.plan());
  return content(bench);
}

constexpr std::uint64_t kSeeds = 300;

}  // namespace

TEST(BackfillProperty, NoStormMakesTheLedgerLie) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    BackfillBench bench(random_market(seed));
    bench.parallel = static_cast<int>(1 + seed % 4);
    bench.vendor->marks_earliest = seed % 5 == 0;
    bench.vendor->script = storm(seed, 10 + static_cast<unsigned>(seed * 7 % 80));
    const auto plan = bench.plan();
    bench.run({plan});
    bench.expect_truthful(plan);
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(BackfillProperty, HolesMendThemselvesWhenTheStormIsOver) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    BackfillBench bench(random_market(seed));
    bench.parallel = static_cast<int>(1 + seed % 4);
    bench.vendor->script = storm(seed, 70);
    bench.run();
    bench.vendor->script = nullptr;
    bench.run();
    EXPECT_EQ(content(bench), undisturbed(seed));
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(BackfillProperty, AnyNumberOfWorkersMakesTheSameStore) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Content one = undisturbed(seed);
    for (int parallel = 2; parallel <= 8; ++parallel) {
      SCOPED_TRACE("seed " + std::to_string(seed) + " parallel " + std::to_string(parallel));
      BackfillBench bench(random_market(seed));
      bench.parallel = parallel;
      bench.run();
      ASSERT_EQ(content(bench), one);
    }
  }
}

TEST(BackfillProperty, AKillCostsAtMostThePagesInFlight) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    BackfillBench bench(random_market(seed));
    bench.parallel = static_cast<int>(1 + seed % 8);
    const std::uint64_t stored_before = seed % 12;
    // The pages of the killed commit and all that wait behind it are lost, as in a process that
    // dies.
    bench.store->on_commit = [&](int) {
      if (bench.progress->chunks_done >= stored_before) throw Error(TDK_IO, "killed");
    };
    EXPECT_THROW(bench.run(), Error);
    bench.expect_truthful(bench.plan());
    bench.store->on_commit = nullptr;
    bench.run();
    EXPECT_EQ(content(bench), undisturbed(seed));
    std::multiset<Nanos> asked;
    for (const auto &ask : bench.vendor->pages()) asked.insert(ask.range.from);
    const std::size_t in_flight = static_cast<std::size_t>(bench.parallel) + 16 + 1;
    const std::set<Nanos> once(asked.begin(), asked.end());
    EXPECT_LE(asked.size() - once.size(), in_flight);
    for (const Nanos from : once)
      EXPECT_EQ((from - at(0)) % (100 * kMinute), 0) << "cut elsewhere than before";
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(BackfillProperty, OneKillAfterAnotherStillArrives) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    BackfillBench bench(random_market(seed));
    bench.parallel = static_cast<int>(1 + seed % 4);
    bench.vendor->script = storm(seed, 30);
    for (int life = 0; life < 6; ++life) {
      const int last = bench.store->commits() + 1 +
                       static_cast<int>(mix(seed, 900 + static_cast<std::uint64_t>(life)) % 8);
      bench.store->on_commit = [=](int n) {
        if (n >= last) throw Error(TDK_IO, "killed");
      };
      try {
        bench.run();
      } catch (const Error &) {
      }
      bench.expect_truthful(bench.plan());
    }
    bench.store->on_commit = nullptr;
    bench.vendor->script = nullptr;
    bench.run();
    EXPECT_EQ(content(bench), undisturbed(seed));
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(BackfillProperty, PagesAreNotMuchMoreThanTheRequests) {
  // What being sure costs in a market where nine of ten slots have trades.
  FakeMarket m;
  m.silent_percent = 10;
  BackfillBench bench(m);
  bench.run();
  bench.expect_whole(bench.plan());
  EXPECT_EQ(bench.vendor->pages().size(), 20u);
  EXPECT_LE(bench.vendor->calls(), 26);
}
