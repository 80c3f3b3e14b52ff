// STO-080 to STO-084: readers beside a writer, and kill -9.
#include "storage_conformance.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>
#include <thread>

namespace tapedeck::conformance {
namespace {

constexpr std::size_t kChunk = 50;
constexpr std::int64_t kChunkTime = static_cast<std::int64_t>(kChunk) * kMinute;

Commit chunk(std::int64_t n) {
  Commit c;
  c.candles = make_candles(n * kChunkTime, kChunk, n);
  c.coverage = {covered(n * kChunkTime, (n + 1) * kChunkTime)};
  return c;
}

TEST_P(StorageConformance, STO080_AReaderSeesEveryCommitThatReturned) {
  ASSERT_TRUE(store().commit(chunk(0)).ok());
  auto other = reader();
  for (std::int64_t n = 1; n < 20; ++n) {
    ASSERT_TRUE(store().commit(chunk(n)).ok());
    EXPECT_EQ(other->query({}).candles().size(), static_cast<std::size_t>(n + 1) * kChunk);
    EXPECT_EQ(other->coverage({}).items.at(0).to, (n + 1) * kChunkTime);
  }
}

// Reads until the writer is done; returns what it saw that no commit had left behind.
std::string watch(const StorageClient &store, const std::atomic<bool> &done) {
  std::size_t before = 0;
  while (!done) {
    Queried answer = store.query({});
    std::size_t rows = answer.candles().size();
    if (!answer.ok()) return "refused: " + answer.message;
    if (rows % kChunk != 0)
      return numbered("half a commit, rows: ", static_cast<std::int64_t>(rows));
    if (rows < before) return "rows went away";
    before = rows;
  }
  return "";
}

TEST_P(StorageConformance, STO081_ReadersBesideAWriterSeeWholeCommits) {
  ASSERT_TRUE(store().commit(chunk(0)).ok());
  auto first = reader(), second = reader();
  std::atomic<bool> done{false};
  std::string seen[2];
  std::thread a([&] { seen[0] = watch(*first, done); });
  std::thread b([&] { seen[1] = watch(*second, done); });
  Committed last;
  for (std::int64_t n = 1; n < 60 && last.ok(); ++n) last = store().commit(chunk(n));
  done = true;
  a.join();
  b.join();
  EXPECT_TRUE(last.ok()) << last;
  EXPECT_EQ(seen[0], "");
  EXPECT_EQ(seen[1], "");
}

using CommitOne = bool (*)(const StorageClient &store, std::int64_t n);

bool commit_chunk(const StorageClient &store, std::int64_t n) { return store.commit(chunk(n)).ok(); }

// The child: commits for ever and tells of each commit that returned.
[[noreturn]] void commit_until_killed(const StorageUnderTest &what, const FakeHost &host,
                                      CommitOne commit_one, std::int64_t from, int pipe) {
  try {
    StorageClient store(what.plugin_file(), what.plugin_id(), what.writer_options(), host);
    for (std::int64_t n = from;; ++n) {
      if (!commit_one(store, n)) _exit(3);
      if (write(pipe, &n, sizeof n) != sizeof n) _exit(4);
    }
  } catch (const Refused &) {
    _exit(5);
  }
}

// Returns the last chunk that the child reported before it was killed in the middle of something.
std::int64_t run_and_kill(const StorageUnderTest &what, const FakeHost &host, CommitOne commit_one,
                          std::int64_t from, std::mt19937 &random) {
  int ends[2];
  if (pipe(ends) != 0) return -1;
  pid_t child = fork();
  if (child == 0) commit_until_killed(what, host, commit_one, from, ends[1]);
  ::close(ends[1]);
  std::int64_t reported = from - 1, n = 0;
  for (auto wanted = 1 + random() % 20; wanted > 0 && read(ends[0], &n, sizeof n) == sizeof n;
       --wanted)
    reported = n;
  usleep(static_cast<useconds_t>(random() % 3000));
  kill(child, SIGKILL);
  while (read(ends[0], &n, sizeof n) == sizeof n) reported = n;
  ::close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? reported : -1;
}

// What a killed writer left is whole chunks, all that it reported among them; `next` is the first that
// is not there. Returns the rows.
std::size_t whole_chunks(const StorageClient &store, std::int64_t reported, std::int64_t &next) {
  EXPECT_GE(reported, next) << "the child gave up by itself";
  const std::size_t rows = store.query({}).candles().size();
  EXPECT_EQ(rows % kChunk, 0u) << "half a commit";
  next = static_cast<std::int64_t>(rows / kChunk);
  EXPECT_GE(next, reported + 1);
  return rows;
}

TEST_P(StorageConformance, STO082_AKilledWriterLosesNoCommitItReported) {
  std::mt19937 random(11);
  std::int64_t next = 0;
  for (int round = 0; round < 6; ++round) {
    std::int64_t reported = run_and_kill(under_test(), host_, &commit_chunk, next, random);
    EXPECT_EQ(under_test().damage(), "");
    whole_chunks(store(), reported, next);
    ASSERT_FALSE(HasFailure());
    auto ledger = store().coverage({}).items;
    ASSERT_EQ(ledger.size(), 1u);
    EXPECT_EQ(ledger[0].to, next * kChunkTime) << "candles and ledger must be of one commit";
    EXPECT_EQ(store().query({.from = (next - 1) * kChunkTime}).candles(), chunk(next - 1).candles);
    close();
  }
}

// A chunk of each of two series, and as many ticks.
bool commit_batch(const StorageClient &store, std::int64_t n) {
  BatchCommit b;
  b.commits = {chunk(n), chunk(n)};
  b.commits[1].series.symbol = "ETH/USDT";
  for (std::int64_t i = n * 50; i < (n + 1) * 50; ++i) b.ticks.push_back({.time = i, .sequence = i});
  return store.commit_batch(b).ok();
}

TEST_P(StorageConformance, STO083_AKilledWriterLeavesWholeBatches) {
  if (!keeps_batches()) GTEST_SKIP() << "no commit_batch";
  std::mt19937 random(12);
  std::int64_t next = 0;
  for (int round = 0; round < 4; ++round) {
    std::int64_t reported = run_and_kill(under_test(), host_, &commit_batch, next, random);
    EXPECT_EQ(under_test().damage(), "");
    const std::size_t rows = whole_chunks(store(), reported, next);
    ASSERT_FALSE(HasFailure());
    EXPECT_EQ(store().query({.series = {"ETH/USDT"}}).candles().size(), rows);
    EXPECT_EQ(store().query_ticks({}).items.size(), rows);
    close();
  }
}

// A chunk with an event about each of its rows.
bool commit_with_events(const StorageClient &store, std::int64_t n) {
  BatchCommit b;
  b.commits = {chunk(n)};
  for (std::uint64_t row = 0; row < kChunk; ++row) {
    OutboxEvent e;
    e.about = TDK_ABOUT_CANDLE;
    e.row = row;
    e.time = b.commits[0].candles[row].open_time;
    b.events.push_back(std::move(e));
  }
  return store.commit_batch(b).ok();
}

TEST_P(StorageConformance, STO084_AKilledWriterLeavesEventsExactlyWithTheirRows) {
  if (!keeps_outbox()) GTEST_SKIP() << "this storage has no tapedeck.outbox/1";
  close();  // its connection must not be forked
  std::mt19937 random(13);
  std::int64_t next = 0;
  for (int round = 0; round < 4; ++round) {
    std::int64_t reported = run_and_kill(under_test(), host_, &commit_with_events, next, random);
    EXPECT_EQ(under_test().damage(), "");
    whole_chunks(store(), reported, next);
    ASSERT_FALSE(HasFailure());
    std::vector<std::int64_t> rows, told;
    for (const Candle &c : store().query({}).candles()) rows.push_back(c.open_time);
    for (const OutboxEntry &e : outbox().read().items) told.push_back(e.time);
    EXPECT_THAT(told, testing::ElementsAreArray(rows));
    close();
  }
}

}  // namespace
}  // namespace tapedeck::conformance
