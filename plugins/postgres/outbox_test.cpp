// The outbox between processes, and in stores that were made before there was one.
#include "test_store.hpp"

#include <atomic>
#include <thread>

namespace tapedeck::postgres {
namespace {

using conformance::BatchCommit;
using conformance::Commit;
using conformance::FakeHost;
using conformance::OutboxClient;
using conformance::OutboxEvent;
using conformance::numbered;

constexpr std::int64_t kMay = 1'714'521'600'000'000'000;  // 2024-05-01

// A tick of a symbol that everybody streams, and the event about it.
BatchCommit tick(std::int64_t sequence) {
  BatchCommit b{.ticks = {{.time = kMay + sequence, .sequence = sequence}}};
  b.events = {{.about = TDK_ABOUT_QUOTE, .type = "tick", .key = "BTC/USDT"}};
  return b;
}

// A candle of a series of the writer's own, under the key that others use too.
BatchCommit candle(const std::string &symbol, std::int64_t n) {
  Commit c;
  c.series.symbol = symbol;
  c.candles = conformance::make_candles(kMay + n * conformance::kMinute, 1);
  return {.commits = {c}, .events = {{.about = TDK_ABOUT_CANDLE, .key = "BTC/USDT"}}};
}

// More keys than are locked one by one, the others' among them.
BatchCommit many(std::int64_t n) {
  BatchCommit b;
  for (std::int64_t i = 0; i < 300; ++i) b.events.push_back({.key = numbered(numbered("K", n) + " ", i)});
  b.events[150].key = "BTC/USDT";
  return b;
}

// The server's own record says when each transaction was committed.
TEST(Outbox, TheIdsOfAKeyAscendInTheOrderOfTheCommitsWhoeverMakesThem) {
  const servers::PrivatePostgres server({.durable = false, .config = {"track_commit_timestamp=on"}});
  const FakeHost host;
  const conformance::Options options = {{"host", server.directory().string()}, {"port", std::to_string(server.port())},
                                        {"database", "postgres"}, {"user", server.kUser}};
  open_plugin(options, host);
  std::vector<std::jthread> writers;
  for (int w = 0; w < 4; ++w)
    writers.emplace_back([w, &options, &host] {
      const auto store = open_plugin(options, host);
      for (std::int64_t n = 0; n < 150; ++n) {
        const auto done = store.commit_batch(w == 0 ? many(n) : w == 1 ? candle(numbered("S", w), n) : tick(w * 1000 + n));
        ASSERT_TRUE(done.ok()) << done.message;
      }
    });
  writers.clear();
  const servers::PostgresClient client(server.connection());
  EXPECT_EQ(client.number("SELECT count(*) FROM tapedeck.outbox WHERE key = 'BTC/USDT'"), 600);
  EXPECT_EQ(client.rows("SELECT key, id, before, at FROM (SELECT key, id, pg_xact_commit_timestamp(xmin) AS at,"
                        " lag(pg_xact_commit_timestamp(xmin)) OVER (PARTITION BY key ORDER BY id) AS before FROM tapedeck.outbox) o"
                        " WHERE at < before"),
            std::vector<std::string>{});
}

// What one transaction has under way is not there for others, and keeps only its own keys waiting.
TEST(Outbox, WritersOfOtherKeysDoNotWaitForEachOther) {
  const TestSchema schema;
  const FakeHost host;
  const auto store = open_plugin(with(schema.options(), {{"lock_timeout", "100ms"}}), host);
  const auto client = schema.client();
  client.execute("BEGIN; SELECT pg_advisory_xact_lock_shared(hashtextextended('tapedeck outbox ' || current_schema(), 0));"
                 "SELECT pg_advisory_xact_lock(hashtextextended('tapedeck outbox ' || current_schema() || ' BTC/USDT', 0))");
  EXPECT_EQ(store.commit_batch(candle("S", 0)).status, TDK_BUSY);
  EXPECT_EQ(store.commit_batch(many(0)).status, TDK_BUSY);
  BatchCommit other = candle("S", 1);
  other.events[0].key = "ETH/USDT";
  EXPECT_TRUE(store.commit_batch(other).ok());
  EXPECT_TRUE(store.commit_batch({.ticks = {conformance::Tick{}}}).ok()) << "without an event nobody waits";
  client.execute("ROLLBACK");
  EXPECT_TRUE(store.commit_batch(candle("S", 0)).ok());
  EXPECT_EQ(OutboxClient(store).read().items.size(), 2u);
}

// Sixteen at the same moment: one gets it.
TEST(Outbox, OfSeveralThatClaimAtOnceOneHasIt) {
  const TestSchema schema;
  const FakeHost host;
  const auto first = open_plugin(schema.options(), host);
  std::atomic<int> held = 0, refused = 0;
  std::vector<std::jthread> owners;
  for (int i = 0; i < 16; ++i)
    owners.emplace_back([&, i] {
      const auto store = open_plugin(schema.options(), host);
      const auto claimed = OutboxClient(store).claim("kafka", numbered("host ", i), 10, 20);
      ++(claimed.ok() ? held : refused);
      EXPECT_TRUE(claimed.ok() || claimed.status == TDK_BUSY) << claimed.message;
    });
  owners.clear();
  EXPECT_EQ(held, 1);
  EXPECT_EQ(refused, 15);
}

// A table that is empty when its statements are planned and large when they run.
TEST(Outbox, IsReadAndSettledByItsIndexes) {
  const TestSchema schema;
  const FakeHost host;
  const auto client = schema.client();
  const auto counted = [&client](const std::string &what) {
    return client.number("SELECT " + what + " FROM pg_stat_user_tables WHERE relname = 'outbox' AND schemaname = current_schema()");
  };
  // The server tells of what a session did when it is over.
  open_plugin(schema.options(), host);
  while (counted("seq_scan") < 2) std::this_thread::yield();  // its indexes are made
  {
    const auto store = open_plugin(schema.options(), host);
    const OutboxClient outbox(store);
    ASSERT_TRUE(outbox.settle({{1}, {2, TDK_OUTCOME_FAILED, "x"}, {3, TDK_OUTCOME_DEAD, "x"}}).ok());
    BatchCommit b;
    for (int i = 0; i < 20'000; ++i) b.events.push_back({.sink = i % 1000 == 0 ? "few" : "kafka", .key = "K"});
    ASSERT_TRUE(store.commit_batch(b).ok());
    for (int i = 0; i < 5; ++i) {
      const auto some = outbox.read({.sink = "few", .limit = 3}).items;
      ASSERT_EQ(some.size(), 3u);
      ASSERT_TRUE(outbox.settle({{some[0].id}, {some[1].id, TDK_OUTCOME_FAILED, "x"}, {some[2].id, TDK_OUTCOME_DEAD, "x"}}).ok());
    }
  }
  while (counted("idx_scan") < 20) std::this_thread::yield();
  EXPECT_LE(counted("seq_scan"), 2 + 3) << "of the large one none: the first three may have read the empty one";
}

// As the version before this one left it.
void make_schema_1(const servers::PostgresClient &client) {
  client.execute("DROP VIEW outbox_view; DROP TABLE outbox, dead_letter, outbox_claim; DELETE FROM schema_migrations WHERE version > 1");
}

TEST(Migration, AStoreWithoutAnOutboxGetsOneAndKeepsWhatItHas) {
  const TestSchema schema;
  const FakeHost host;
  Commit c;
  c.candles = conformance::make_candles(kMay, 300);
  c.coverage = {conformance::covered(kMay, kMay + 300 * conformance::kMinute)};
  {
    const auto store = open_plugin(schema.options(), host);
    ASSERT_TRUE(store.commit(c).ok());
    ASSERT_TRUE(store.commit_batch({.ticks = {conformance::Tick{}}}).ok());
  }
  make_schema_1(schema.client());
  try {
    open_plugin(with(schema.options(), {{"read_only", "true"}}), host);
    ADD_FAILURE() << "a reader opened it";
  } catch (const conformance::Refused &r) {
    EXPECT_EQ(r.status, TDK_INCOMPATIBLE);
    EXPECT_THAT(r.message, testing::HasSubstr("open it once without read_only"));
  }
  const auto store = open_plugin(schema.options(), host);
  EXPECT_EQ(schema.client().rows("SELECT version FROM schema_migrations ORDER BY 1"), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(store.query({}).candles(), c.candles);
  EXPECT_EQ(store.coverage({}).items.size(), 1u);
  EXPECT_EQ(store.query_ticks({}).items.size(), 1u);
  ASSERT_TRUE(store.commit_batch(candle("S", 0)).ok());
  EXPECT_EQ(OutboxClient(store).read().items.size(), 1u);
  EXPECT_EQ(disagreement(schema.client()), "");
}

}  // namespace
}  // namespace tapedeck::postgres
