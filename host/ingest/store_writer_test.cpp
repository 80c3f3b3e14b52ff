#include "ingest/store_writer.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <semaphore>
#include <set>
#include <stdexcept>
#include <thread>

#include "ingest/testing/backfill_bench.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;
namespace {

using Sizes = std::vector<std::size_t>;

bool eventually(const std::function<bool()> &done) {
  for (int i = 0; i < 60'000 && !done(); ++i) system_clock().sleep_ns(1'000'000, nullptr);
  return done();
}

// `rows` candles from a minute on.
void fill(ChunkResult &result, std::int64_t minute, std::size_t rows, std::int64_t price = 100) {
  std::vector<std::int64_t> times, prices(rows, price);
  for (std::size_t i = 0; i < rows; ++i) times.push_back(at(minute + static_cast<std::int64_t>(i)));
  const std::vector<std::uint32_t> state(rows, 0);
  tdk_candle_batch b{};
  b.struct_size = sizeof b;
  b.count = rows;
  b.open_time = times.data();
  b.open = b.high = b.low = b.close = b.volume = prices.data();
  b.state = state.data();
  ASSERT_TRUE(result.candles.append(b));
}

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
  // Submits one page, and those given while the store is busy with it, each from a thread of its own. Then
  // `on_later` is asked before every further transaction.
  void submit_while_busy(std::vector<std::unique_ptr<ChunkResult>> pages, std::function<void(int)> on_later = nullptr) {
    std::binary_semaphore all_wait{0};
    bench.store->on_commit = [&all_wait, on_later](int transaction) {
      if (transaction == 1)
        all_wait.acquire();
      else if (on_later)
        on_later(transaction);
    };
    std::vector<std::jthread> producers;
    producers.emplace_back([this] { EXPECT_TRUE(writer->submit(page(kFirst))); });
    EXPECT_TRUE(eventually([&] { return bench.store->commits() == 1; }));
    for (auto &p : pages) {
      const std::size_t before = writer->waiting();
      producers.emplace_back([this, p = std::move(p)]() mutable { written += writer->submit(std::move(p)) ? 1 : 0; });
      EXPECT_TRUE(eventually([&] { return writer->waiting() > before; }));  // they keep their order
    }
    all_wait.release();
    producers.clear();
    bench.store->on_commit = nullptr;
  }
  std::vector<std::unique_ptr<ChunkResult>> pages(int n) {
    std::vector<std::unique_ptr<ChunkResult>> out;
    for (int i = 0; i < n; ++i) out.push_back(page(i));
    return out;
  }
  static constexpr std::int64_t kFirst = 1000;  // the minute of the page that keeps the store busy
  std::atomic<int> written{0};                  // of the others, as their producers were told
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
  std::size_t stored = 0;
  for (const std::size_t pages : w.bench.store->transactions()) stored += pages;
  EXPECT_EQ(w.bench.store->transactions().size(), 2u);
  EXPECT_EQ(w.bench.slots(CoverageState::NoTrades), static_cast<std::int64_t>(stored));
  EXPECT_EQ(w.progress.chunks_done, stored) << "what was not stored is not done";
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

TEST(StoreWriter, WritesTogetherWhatWaitedForTheStore) {
  Writing w;
  w.submit_while_busy(w.pages(5));
  EXPECT_EQ(w.end(), TDK_OK);
  EXPECT_EQ(w.bench.store->transactions(), (Sizes{1, 5}));
  EXPECT_EQ(w.written, 5);
  EXPECT_EQ(w.bench.slots(CoverageState::NoTrades), 6);
  EXPECT_EQ(w.progress.chunks_done, 6u);
  EXPECT_EQ(w.progress.slots_done, 6u);
}

TEST(StoreWriter, PagesOfASeriesWrittenTogetherKeepTheirOrder) {
  Writing w;
  auto pages = w.pages(2);
  pages[1]->ledger[0].range = pages[0]->ledger[0].range;
  fill(*pages[0], 0, 1, 100);
  fill(*pages[1], 0, 1, 200);
  pages[1]->ledger[0].state = CoverageState::Present;
  w.submit_while_busy(std::move(pages));
  EXPECT_EQ(w.end(), TDK_OK);
  EXPECT_EQ(w.bench.store->transactions(), (Sizes{1, 2}));
  EXPECT_EQ(w.bench.store->rows(w.bench.series).at(at(0)).values[0], 200);
  EXPECT_EQ(w.bench.slots(CoverageState::Present), 1);
  EXPECT_EQ(w.progress.rows, 2u) << "one new, one changed";
}

TEST(StoreWriter, WhatIsSaidOfAPageOfABatchIsCountedForThePage) {
  Writing w;
  auto pages = w.pages(3);
  pages[0]->ledger[0].state = CoverageState::Failed;
  pages[0]->failure = Failure{};
  pages[1]->ledger.clear();  // all of it is still forming
  w.submit_while_busy(std::move(pages));
  EXPECT_EQ(w.end(), TDK_OK);
  EXPECT_EQ(w.bench.store->transactions(), (Sizes{1, 2}));
  EXPECT_EQ(w.written, 3);
  EXPECT_EQ(w.progress.chunks_done, 3u);
  EXPECT_EQ(w.progress.chunks_failed, 1u);
  EXPECT_EQ(w.progress.slots_done, 2u);
}

TEST(StoreWriter, ATransactionHasALimitOfRows) {
  Writing w;
  auto pages = w.pages(5);
  for (std::size_t i = 0; i < pages.size(); ++i) fill(*pages[i], static_cast<std::int64_t>(i) * 10'000, 10'000);
  w.submit_while_busy(std::move(pages));
  EXPECT_EQ(w.end(), TDK_OK);
  EXPECT_EQ(w.bench.store->transactions(), (Sizes{1, 4, 1}));
  EXPECT_EQ(w.progress.rows, 50'000u);
}

TEST(StoreWriter, ABadPageAmongGoodOnesFailsAlone) {
  Writing w;
  auto pages = w.pages(4);
  pages[2]->ledger[0].range.from += 1;  // off the grid
  w.submit_while_busy(std::move(pages));
  EXPECT_EQ(w.end(), TDK_INVALID_ARGUMENT);
  EXPECT_EQ(w.bench.store->transactions(), (Sizes{1, 1, 1}));
  EXPECT_EQ(w.written, 2);
  EXPECT_EQ(w.bench.slots(CoverageState::NoTrades), 3);
  EXPECT_EQ(w.progress.chunks_done, 3u);
}

TEST(StoreWriter, WritesOneByOneWhereTheStorageTakesNoBatches) {
  Writing w;
  w.bench.store->takes_batches = false;
  w.submit_while_busy(w.pages(3));
  EXPECT_EQ(w.end(), TDK_OK);
  EXPECT_EQ(w.bench.store->transactions(), (Sizes{1, 1, 1, 1}));
  EXPECT_EQ(w.written, 3);
}

TEST(StoreWriter, WritesOneByOneWhatTakesTooLongTogether) {
  Writing w;
  w.submit_while_busy(w.pages(3), [](int n) {
    if (n == 2) throw Error(TDK_TIMEOUT, "statement_timeout");
  });
  EXPECT_EQ(w.end(), TDK_OK);
  EXPECT_EQ(w.bench.store->transactions(), (Sizes{1, 1, 1, 1}));
  EXPECT_EQ(w.progress.chunks_done, 4u);
}

TEST(StoreWriter, ABatchWaitsForABusyStoreToo) {
  Writing w;
  w.submit_while_busy(w.pages(3), [](int n) {
    if (n < 5) throw Error(n < 4 ? TDK_BUSY : TDK_UNAVAILABLE, "not now");
  });
  EXPECT_EQ(w.end(), TDK_OK);
  EXPECT_EQ(w.bench.store->transactions(), (Sizes{1, 3}));
  EXPECT_EQ(w.progress.chunks_done, 4u);
}

TEST(StoreWriter, AFullDiskTakesAllOfABatchBack) {
  Writing w;
  w.submit_while_busy(w.pages(3), [](int n) {
    if (n == 2) throw Error(TDK_IO, "disk full");
  });
  EXPECT_EQ(w.end(), TDK_IO);
  EXPECT_EQ(w.written, 0);
  EXPECT_EQ(w.bench.store->transactions(), Sizes{1});
  EXPECT_EQ(w.progress.chunks_done, 1u) << "what was not stored is not done";
}
