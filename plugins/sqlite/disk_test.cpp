// What the file and its write-ahead log do: growth with readers about, a full disk, batches that
// go.
#include "test_store.hpp"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

namespace tapedeck::sqlite {
namespace {

using conformance::Commit;
using conformance::FakeHost;
using conformance::kMinute;
using conformance::make_candles;

class Disk : public testing::Test {
 protected:
  Commit chunk(std::int64_t n) {
    Commit c;
    c.candles = make_candles(n * 1000 * kMinute, 1000, n);
    c.coverage = {conformance::covered(n * 1000 * kMinute, (n + 1) * 1000 * kMinute)};
    return c;
  }
  std::uintmax_t wal_size() const { return std::filesystem::file_size(file_ + "-wal"); }

  TempDirectory directory_;
  std::string file_ = directory_.file("market.db");
  FakeHost host_;
};

// Every fiftieth of many rows, so that each row that changes costs the log a page of its own.
Commit scattered(std::int64_t price) {
  Commit c;
  for (std::int64_t i = 0; i < 60'000; i += 50)
    c.candles.push_back(conformance::make_candle(i * kMinute, price, TDK_CANDLE_FORMING));
  return c;
}

TEST_F(Disk, TheLogStaysSmallBesideReadersThatOverlap) {
  auto store = open_plugin({{"path", file_}}, host_);
  for (std::int64_t n = 0; n < 60; ++n) {
    Commit c = chunk(n);
    for (auto &k : c.candles) k.state = TDK_CANDLE_FORMING;
    ASSERT_TRUE(store.commit(c).ok());
  }
  std::atomic<bool> done{false};
  auto read = [&] {
    auto reader = open_plugin({{"path", file_}, {"read_only", "true"}}, host_);
    while (!done) reader.query({});
  };
  std::thread a(read), b(read), c(read);
  std::uintmax_t biggest = 0;
  for (std::int64_t n = 1; n < 60; ++n) {  // some 280 MiB of pages
    EXPECT_TRUE(store.commit(scattered(n)).ok());
    biggest = std::max(biggest, wal_size());
  }
  done = true;
  a.join();
  b.join();
  c.join();
  EXPECT_LT(biggest, 160u << 20);
}

TEST_F(Disk, TheLogStaysSmallWithoutReaders) {
  auto store = open_plugin({{"path", file_}}, host_);
  for (std::int64_t n = 0; n < 300; ++n) ASSERT_TRUE(store.commit(chunk(n)).ok());
  EXPECT_LT(wal_size(), 12u << 20);
}

// An event about every hundredth row.
conformance::BatchCommit with_events(const Commit &chunk) {
  conformance::BatchCommit b{.commits = {chunk}};
  for (std::uint64_t row = 0; row < 1000; row += 100)
    b.events.push_back({.about = TDK_ABOUT_CANDLE, .row = row});
  return b;
}

// In a child, because a limit on file sizes cannot be raised again. Exit code 0: as it should be.
int commit_until_the_disk_is_full(const conformance::StorageClient &store,
                                  const std::function<Commit(std::int64_t)> &chunk) {
  signal(SIGXFSZ, SIG_IGN);
  rlimit limit{1 << 20, 1 << 20};
  if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 10;
  for (std::int64_t n = 0; n < 1000; ++n) {
    auto done = store.commit_batch(with_events(chunk(n)));
    if (done.ok()) continue;
    if (done.status != TDK_IO) return 11;
    if (done.message.find("nothing of this call is stored") == std::string::npos) return 12;
    auto rows = store.query({}).candles().size();
    if (conformance::OutboxClient(store).read().items.size() != rows / 100) return 15;
    return rows == static_cast<std::size_t>(n) * 1000 ? 0 : 13;
  }
  return 14;
}

TEST_F(Disk, AFullDiskStoresNothingOfTheCommitAndLosesNothing) {
  pid_t child = fork();
  if (child == 0) {
    auto store = open_plugin({{"path", file_}}, host_);
    _exit(commit_until_the_disk_is_full(store, [&](std::int64_t n) { return chunk(n); }));
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  auto store = open_plugin({{"path", file_}}, host_);
  auto rows = store.query({}).candles().size();
  EXPECT_GT(rows, 0u);
  EXPECT_EQ(rows % 1000, 0u);
  EXPECT_EQ(store.coverage({}).items.at(0).to, static_cast<std::int64_t>(rows) * kMinute);
  EXPECT_EQ(conformance::OutboxClient(store).read().items.size(), rows / 100);
  auto next = static_cast<std::int64_t>(rows / 1000);
  EXPECT_EQ(store.commit(chunk(next)).inserted, 1000u);
}

// What the commit that failed had made known must be forgotten with it.
int fail_first_and_commit_then(const conformance::StorageClient &store) {
  signal(SIGXFSZ, SIG_IGN);
  rlimit limit{1 << 20, 1 << 20};
  if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 10;
  Commit c;
  c.candles = make_candles(0, 60'000);
  if (store.commit(c).status != TDK_IO) return 11;
  if (store.query({}).status != TDK_NOT_FOUND) return 12;
  c.candles = make_candles(0, 10);
  if (!store.commit(c).ok()) return 13;
  auto list = store.list_series();
  return list.items.size() == 1 && list.items[0].rows == 10 ? 0 : 14;
}

TEST_F(Disk, TheFirstCommitMayFailAndTheNextOneStand) {
  pid_t child = fork();
  if (child == 0) _exit(fail_first_and_commit_then(open_plugin({{"path", file_}}, host_)));
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(Disk, BatchesGoWhenNothingNamesThem) {
  auto store = open_plugin({{"path", file_}}, host_);
  auto batches = [&] { return RawDatabase(file_).rows("SELECT rows FROM batch ORDER BY id"); };
  Commit c;
  for (std::int64_t price = 1; price <= 30; ++price) {
    c.candles = {conformance::make_candle(0, price, TDK_CANDLE_FORMING)};
    ASSERT_TRUE(store.commit(c).ok());
  }
  EXPECT_EQ(batches(), std::vector<std::string>{"1"});
  c.candles[0].state = 0;
  ASSERT_TRUE(store.commit(c).ok());
  c.candles = make_candles(0, 2, 50);
  ASSERT_TRUE(store.commit(c).ok());
  EXPECT_EQ(batches(), (std::vector<std::string>{"1", "2"})) << "a revision still names the first";
  std::uint64_t removed = 0;
  ASSERT_TRUE(store.remove_before({}, 1, removed).ok());
  EXPECT_EQ(batches(), std::vector<std::string>{"1"});
}

}  // namespace
}  // namespace tapedeck::sqlite
