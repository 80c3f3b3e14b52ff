// How a delivery ends: in order, with a storage that hangs, by kill -9.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <semaphore>

#include "live/testing/delivery_bench.hpp"
#include "plugins/worker.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;

namespace {

class DeliveryEnd : public DeliveryBench {};

TEST_F(DeliveryEnd, StopStoresWhatIsThere) {
  settings.flush_after = 3600 * kSecond;
  start();
  for (int n = 0; n < 100; ++n) put(n);
  delivery->stop(5 * kSecond);
  expect_candles(100);
  EXPECT_FALSE(put(100)) << "it has ended";
}

TEST_F(DeliveryEnd, TheNextStartBringsWhatTheStorageDidNotTake) {
  store->on_commit = [](int) { throw Error(TDK_UNAVAILABLE, "gone"); };
  start();
  for (int n = 0; n < 100; ++n) put(n);
  delivery->stop(50'000'000);
  EXPECT_EQ(delivery->counts().spooled_rows, 100u);
  EXPECT_GT(delivery->counts().spool_bytes, 0u);
  store->on_commit = nullptr;
  start();
  for (int n = 100; n < 200; ++n) put(n);
  ASSERT_TRUE(settled());
  expect_candles(200);
}

TEST_F(DeliveryEnd, StopReturnsInTimeFromAStorageThatHangs) {
  for (const WhenFull policy : {WhenFull::Spool, WhenFull::Block}) {
    store = std::make_shared<MemoryStore>();
    std::binary_semaphore let_go{0};
    store->on_commit = [&](int) { let_go.acquire(); };
    settings.when_full = policy;
    start();
    put(0);
    ASSERT_TRUE(wait_until([&] { return store->commits() == 1; }));
    put(1);
    const Nanos before = system_clock().monotonic_ns();
    delivery->stop(200'000'000);
    EXPECT_LT(system_clock().monotonic_ns() - before, 700'000'000);
    EXPECT_EQ(threads_left_behind(), 1u);
    EXPECT_EQ(delivery->counts().spooled_rows, 2u);
    delivery.reset();
    let_go.release();
    ASSERT_TRUE(wait_until([] { return threads_left_behind() == 0; }));
    store->on_commit = nullptr;
    start();
    ASSERT_TRUE(settled());
    expect_candles(2);
    delivery.reset();
  }
}

TEST_F(DeliveryEnd, WhatWaitsForRoomIsKeptToo) {
  store->on_commit = [](int) { throw Error(TDK_BUSY, "locked"); };
  settings.when_full = WhenFull::Block;
  settings.queue_rows = 20;
  start();
  std::atomic<int> put_in{0}, refused{0};
  std::jthread producer([&] {
    while (put(put_in)) ++put_in;
    ++refused;
  });
  ASSERT_TRUE(wait_until([&] { return put_in == 20 && delivery->counts().storage_away; }));
  delivery->stop(20'000'000);
  producer.join();
  EXPECT_EQ(refused, 1);
  EXPECT_EQ(put_in, 21) << "the one that waited";
  EXPECT_EQ(delivery->counts().spooled_rows, 21u);
  EXPECT_EQ(delivery->counts().dropped_candles, 0u);
  store->on_commit = nullptr;
  start();
  ASSERT_TRUE(settled());
  expect_candles(21);
}

TEST_F(DeliveryEnd, WhatCannotBeKeptAtTheEndIsCounted) {
  std::ofstream(files.root() / "file") << "x";
  settings.spool = files.root() / "file" / "spool";
  store->on_commit = [](int) { throw Error(TDK_UNAVAILABLE, "gone"); };
  start();
  for (int n = 0; n < 10; ++n) put(n);
  for (int n = 0; n < 5; ++n) put_trade(n);
  delivery->stop(30'000'000);
  EXPECT_EQ(delivery->counts().dropped_candles, 10u);
  EXPECT_EQ(delivery->counts().dropped_ticks, 5u);
}

class DeliveryKill : public DeliveryBench {
 protected:
  // The child: puts candles for ever while the storage is away, and tells how many are safe.
  [[noreturn]] void put_until_killed(int pipe) {
    store->on_commit = [](int) { throw Error(TDK_BUSY, "locked"); };
    settings.flush_rows = 7;
    start();
    for (std::int64_t n = 0;; ++n) {
      if (!put(n)) _exit(3);
      const auto counts = delivery->counts();
      const std::uint64_t safe = counts.candles_stored + counts.spooled_rows;
      if (write(pipe, &safe, sizeof safe) != sizeof safe) _exit(4);
    }
  }
  // Kills it once it said that so many are safe; returns how many it said at last.
  std::uint64_t run_and_kill(std::uint64_t enough) {
    int ends[2];
    if (pipe(ends) != 0) return 0;
    const pid_t child = fork();
    if (child == 0) put_until_killed(ends[1]);
    ::close(ends[1]);
    std::uint64_t safe = 0, told = 0;
    while (read(ends[0], &told, sizeof told) == static_cast<ssize_t>(sizeof told)) {
      safe = told;
      if (safe >= enough) kill(child, SIGKILL);
    }
    ::close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the child gave up by itself: " << WEXITSTATUS(status);
    return safe;
  }
};

TEST_F(DeliveryKill, NothingAcknowledgedIsLost) {
  for (const std::uint64_t enough : {100u, 1500u, 6000u}) {
    const std::uint64_t safe = run_and_kill(enough);
    ASSERT_GE(safe, enough);
    store = std::make_shared<MemoryStore>();
    start();
    ASSERT_TRUE(wait_until([&] { return delivery->counts().spool_bytes == 0; }));
    const auto rows = store->rows(btc->series).size();
    EXPECT_GE(rows, safe);
    expect_candles(static_cast<std::int64_t>(rows));
    delivery.reset();
  }
}

}  // namespace
