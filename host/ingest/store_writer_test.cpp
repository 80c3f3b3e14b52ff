#include "ingest/store_writer.hpp"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>
#include <thread>

#include "ingest/testing/backfill_bench.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;
namespace {

struct Writing {
  Writing() {
    plans.push_back(bench.plan());
    writer = std::make_unique<StoreWriter>(std::make_unique<MemoryStorage>(bench.store), plans,
                                           versions, progress, bench.clock);
  }
  std::unique_ptr<ChunkResult> page(std::int64_t minute) {
    auto result = writer->take_result();
    result->start({0, {at(minute), at(minute + 1)}});
    LedgerEntry e;
    e.state = CoverageState::NoTrades;
    e.range = result->chunk.range;
    result->ledger.push_back(e);
    return result;
  }
  tdk_status end() {
    try {
      writer->finish();
      return TDK_OK;
    } catch (const Error &e) {
      return e.code();
    }
  }
  BackfillBench bench;
  std::vector<SeriesPlan> plans;
  StoreWriter::Versions versions{{"vendor", "vendor 1.0"}};
  BackfillProgress progress;
  std::unique_ptr<StoreWriter> writer;
};

}  // namespace

TEST(StoreWriter, WritesAllThatWasSubmittedBeforeItFinishes) {
  Writing w;
  for (int i = 0; i < 200; ++i) EXPECT_TRUE(w.writer->submit(w.page(i)));
  EXPECT_EQ(w.end(), TDK_OK);
  EXPECT_EQ(w.bench.slots(CoverageState::NoTrades), 200);
  EXPECT_EQ(w.progress.chunks_done, 200u);
  EXPECT_EQ(w.progress.slots_done, 200u);
}

TEST(StoreWriter, ReusesTheMemoryOfWrittenPages) {
  Writing w;
  std::set<const ChunkResult *> seen;
  for (int i = 0; i < 2000; ++i) {
    auto result = w.page(i);
    seen.insert(result.get());
    ASSERT_TRUE(w.writer->submit(std::move(result)));
  }
  EXPECT_EQ(w.end(), TDK_OK);
  EXPECT_EQ(seen.size(), 1u) << "one producer has one page under way";
}

TEST(StoreWriter, WaitsForABusyStoreByTheClock) {
  Writing w;
  w.bench.store->on_commit = [](int n) {
    if (n < 4) throw Error(TDK_BUSY, "locked");
  };
  const Nanos before = w.bench.clock.now_ns();
  w.writer->submit(w.page(0));
  EXPECT_EQ(w.end(), TDK_OK);
  EXPECT_EQ(w.bench.slots(CoverageState::NoTrades), 1);
  EXPECT_GE(w.bench.clock.now_ns(), before + 2 * kSecond);
}

TEST(StoreWriter, WaitsForAStoreWhoseServerIsAway) {
  Writing w;
  w.bench.store->on_commit = [](int n) {
    if (n < 4) throw Error(TDK_UNAVAILABLE, "connection lost");
  };
  w.writer->submit(w.page(0));
  EXPECT_EQ(w.end(), TDK_OK);
  EXPECT_EQ(w.bench.slots(CoverageState::NoTrades), 1);
}

TEST(StoreWriter, GivesABusyStoreUpAfterHalfAMinute) {
  Writing w;
  w.bench.store->on_commit = [](int) { throw Error(TDK_BUSY, "locked"); };
  const Nanos before = w.bench.clock.now_ns();
  w.writer->submit(w.page(0));
  EXPECT_EQ(w.end(), TDK_BUSY);
  EXPECT_NEAR(static_cast<double>(w.bench.clock.now_ns() - before) / kSecond, 25.2, 0.1);
}

TEST(StoreWriter, ProducersAreReleasedWhenTheStoreFails) {
  Writing w;
  w.bench.store->on_commit = [](int n) {
    if (n == 3) throw Error(TDK_IO, "disk full");
  };
  // More than the queue holds: without the release these would wait for room for ever.
  std::vector<std::jthread> producers;
  for (int p = 0; p < 4; ++p)
    producers.emplace_back([&w, p] {
      for (int i = 0; i < 100; ++i)
        if (!w.writer->submit(w.page(p * 100 + i))) return;
      ADD_FAILURE() << "nobody told this producer";
    });
  producers.clear();
  EXPECT_EQ(w.end(), TDK_IO);
  EXPECT_TRUE(w.writer->failed());
  EXPECT_EQ(w.bench.slots(CoverageState::NoTrades), 2);
  EXPECT_EQ(w.progress.chunks_done, 2u) << "what was not stored is not done";
}

TEST(StoreWriter, AForeignExceptionEndsTheWritingToo) {
  Writing w;
  w.bench.store->on_commit = [](int) { throw std::runtime_error("boom"); };
  w.writer->submit(w.page(0));
  EXPECT_EQ(w.end(), TDK_INTERNAL);
}

TEST(StoreWriter, CountsAFailedPageUntilItSucceeds) {
  Writing w;
  auto failed = w.page(0);
  failed->ledger[0].state = CoverageState::Failed;
  failed->failure = Failure{};
  w.writer->submit(std::move(failed));
  auto mended = w.page(0);
  mended->chunk.failed_before = true;
  w.writer->submit(std::move(mended));
  auto still = w.page(1);
  still->ledger[0].state = CoverageState::Failed;
  still->failure = Failure{};
  w.writer->submit(std::move(still));
  EXPECT_EQ(w.end(), TDK_OK);
  EXPECT_EQ(w.progress.chunks_done, 1u);
  EXPECT_EQ(w.progress.chunks_failed, 1u);
  EXPECT_EQ(w.progress.slots_done, 1u);
}
