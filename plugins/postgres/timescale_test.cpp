// Candles in a hypertable: compressed, repaired, dropped when they are old. Where the server has TimescaleDB.
#include "test_store.hpp"

#include <fstream>
#include <memory>
#include <sstream>

namespace tapedeck::postgres {
namespace {

using conformance::Commit;
using conformance::FakeHost;
using conformance::kMinute;

constexpr std::int64_t kDay = 1440 * kMinute;
constexpr std::int64_t kJanuary = 1'704'067'200'000'000'000;  // 2024-01-01

class Timescale : public testing::Test {
 protected:
  void SetUp() override {
    if (!servers::PrivatePostgres::has_timescaledb())
      GTEST_SKIP() << "this PostgreSQL has no TimescaleDB: set TAPEDECK_POSTGRES_BIN to the programs of one that has";
    schema_ = std::make_unique<TestSchema>(timescale_database());
    store_ = std::make_unique<conformance::StorageClient>(POSTGRES_PLUGIN, "postgres", schema_->options(), host_);
  }
  conformance::StorageClient open(const conformance::Options &more) const { return open_plugin(with(schema_->options(), more), host_); }
  servers::PostgresClient client() const {
    auto client = schema_->client();
    client.execute("SELECT set_config('search_path', current_setting('search_path') || ', public', false)");
    return client;
  }
  // Thirty days of two series.
  void fill() const {
    for (const char *symbol : {"A", "B"})
      for (std::int64_t day = 0; day < 30; ++day) {
        Commit c = page(symbol, day);
        ASSERT_EQ(store_->commit(c).inserted, 1440u);
      }
  }
  static Commit page(const std::string &symbol, std::int64_t day, std::int64_t salt = 0) {
    Commit c;
    c.series.symbol = symbol;
    c.candles = conformance::make_candles(kJanuary + day * kDay, 1440, salt);
    c.coverage = {conformance::covered(kJanuary + day * kDay, kJanuary + (day + 1) * kDay)};
    return c;
  }
  std::int64_t compress() const {
    return client().number("SELECT count(compress_chunk(c, if_not_compressed => true)) FROM show_chunks('candle') c");
  }
  std::int64_t compressed() const {
    return client().number("SELECT count(*) FROM timescaledb_information.chunks WHERE hypertable_schema = current_schema() AND is_compressed");
  }

  FakeHost host_;
  std::unique_ptr<TestSchema> schema_;
  std::unique_ptr<conformance::StorageClient> store_;
};

TEST_F(Timescale, CandlesAreAHypertableWithAPolicy) {
  EXPECT_EQ(client().text("SELECT layout FROM store"), "hypertable");
  EXPECT_EQ(client().text("SELECT time_interval FROM timescaledb_information.dimensions WHERE hypertable_schema = current_schema()"), "7 days");
  const std::string policy = "SELECT count(*), max(config->>'compress_after') FROM timescaledb_information.jobs"
                             " WHERE proc_name = 'policy_compression' AND hypertable_schema = current_schema()";
  EXPECT_EQ(client().text(policy), "1|30 days");
  open({{"compress_after_days", "9"}});
  EXPECT_EQ(client().text(policy), "1|9 days");
  open({{"compress_after_days", "0"}});
  EXPECT_EQ(client().text(policy), "0|NULL");
}

TEST_F(Timescale, WhatIsCompressedReadsTheSame) {
  fill();
  const auto before = store_->query({.series = {"A"}}).candles();
  ASSERT_GT(compress(), 3);
  EXPECT_GT(compressed(), 3);
  EXPECT_EQ(store_->query({.series = {"A"}}).candles(), before);
  EXPECT_EQ(store_->query({.series = {"A"}, .limit = 10, .newest = true}).candles().back(), before.back());
  EXPECT_EQ(store_->list_series().items.at(0).first, kJanuary);
  EXPECT_EQ(disagreement(client()), "");
}

TEST_F(Timescale, WhatIsCompressedCanBeRepaired) {
  fill();
  ASSERT_GT(compress(), 3);
  EXPECT_EQ(store_->commit(page("A", 3)).unchanged, 1440u);
  EXPECT_EQ(store_->commit(page("A", 4, 1)).updated, 1440u);
  Commit small = page("B", 5, 1);
  small.candles.resize(3);
  EXPECT_EQ(store_->commit(small).updated, 3u);
  EXPECT_EQ(store_->commit(page("C", 6)).inserted, 1440u) << "a new series in an old chunk";
  EXPECT_EQ(store_->revisions({"A"}).items.size(), 1440u);
  EXPECT_EQ(store_->query({.series = {"A"}, .from = kJanuary + 4 * kDay, .to = kJanuary + 5 * kDay}).candles(), page("A", 4, 1).candles);
  EXPECT_EQ(store_->query({.series = {"A"}}).candles().size(), 30u * 1440);
  EXPECT_EQ(disagreement(client()), "");
  EXPECT_GT(compress(), 3) << "and is compressed again";
  EXPECT_EQ(store_->query({.series = {"A"}, .from = kJanuary + 4 * kDay, .to = kJanuary + 5 * kDay}).candles(), page("A", 4, 1).candles);
}

// As the server's scheduler runs it: with the clock of the server, for which 2024 is long ago.
TEST_F(Timescale, ThePolicyCompressesWhatIsOld) {
  fill();
  const auto before = store_->query({.series = {"B"}}).candles();
  ASSERT_EQ(compressed(), 0);
  client().execute("CALL run_job(" + client().text("SELECT job_id FROM timescaledb_information.jobs WHERE proc_name ="
                   " 'policy_compression' AND hypertable_schema = current_schema()") + ")");
  EXPECT_GT(compressed(), 3);
  EXPECT_EQ(store_->query({.series = {"B"}}).candles(), before);
}

TEST_F(Timescale, EventsTellOfWhatARepairChanged) {
  fill();
  ASSERT_GT(compress(), 3);
  Commit mixed = page("A", 4);
  mixed.candles.resize(10);
  mixed.candles[3].close += 1;
  conformance::BatchCommit b{.commits = {mixed}};
  for (std::uint64_t row = 0; row < 10; ++row)
    b.events.push_back({.about = TDK_ABOUT_CANDLE, .row = row, .payload = conformance::numbered("", row)});
  EXPECT_EQ(store_->commit_batch(b).updated, 1u);
  const auto events = conformance::OutboxClient(*store_).read().items;
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].payload, "3");
}

TEST_F(Timescale, ACopyGoesOutOfCompressedChunksAndIntoThem) {
  fill();
  ASSERT_EQ(store_->commit(page("A", 4, 1)).updated, 1440u);
  ASSERT_GT(compress(), 3);
  const auto kept = conformance::TransferClient(*store_).read_candles({"A"}).items;
  const TestSchema there(timescale_database());
  const auto copy = open_plugin(there.options(), host_);
  const conformance::TransferClient transfer(copy);
  std::vector<conformance::KeptCandles> half(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(kept.size() / 2));
  std::uint64_t rows = 0;
  for (const auto &k : half) rows += k.candles.size();
  ASSERT_EQ(transfer.write_candles({"A"}, half).count, rows);
  client().execute("SELECT compress_chunk(c, if_not_compressed => true) FROM show_chunks('\"" + there.name() + "\".candle') c");
  EXPECT_EQ(transfer.write_candles({"A"}, kept).count, 31u * 1440 - rows);
  EXPECT_EQ(transfer.write_candles({"A"}, kept).count, 0u);
  auto other = kept;
  other[0].candles[7].close += 1;
  EXPECT_EQ(transfer.write_candles({"A"}, other).status, TDK_INVALID_ARGUMENT);
  EXPECT_EQ(copy.query({.series = {"A"}}).candles(), store_->query({.series = {"A"}}).candles());
  EXPECT_EQ(copy.revisions({"A"}).items.size(), 1440u);
  EXPECT_EQ(disagreement(there.client()), "");
}

// With the three roles: who writes owns no chunk, compressed or not.
TEST_F(Timescale, AWriterWithoutDdlDoesAllOfIt) try {
  std::ostringstream sql;
  sql << std::ifstream(POSTGRES_ROLES).rdbuf();
  const servers::PostgresClient admin(shared_server().connection(timescale_database()));
  admin.execute(sql.str());
  const auto as = [&](const std::string &role) {
    return with(schema_->options(), {{"schema", "tapedeck"}, {"user", "scale_" + role}, {"read_only", role == "reader" ? "true" : "false"}});
  };
  for (const std::string role : {"owner", "writer", "reader"})
    admin.execute("CREATE ROLE scale_" + role + " LOGIN; GRANT tapedeck_" + role + " TO scale_" + role);
  admin.execute("ALTER ROLE tapedeck_owner NOLOGIN");
  open_plugin(with(as("owner"), {{"role", "tapedeck_owner"}}), host_);
  ASSERT_EQ(host_.said().size(), 1u);
  EXPECT_THAT(host_.said()[0], testing::AllOf(testing::HasSubstr("nothing is compressed"), testing::HasSubstr("run plugins/postgres/roles.sql again")));
  admin.execute(sql.str());
  open_plugin(with(as("owner"), {{"role", "tapedeck_owner"}}), host_);
  EXPECT_EQ(admin.number("SELECT count(*) FROM timescaledb_information.jobs WHERE hypertable_schema = 'tapedeck'"), 1);
  {
    const auto writer = open_plugin(as("writer"), host_);
    for (std::int64_t day = 0; day < 20; ++day) ASSERT_EQ(writer.commit(page("A", day)).inserted, 1440u);
    EXPECT_EQ(admin.number("SELECT count(compress_chunk(c)) FROM show_chunks('tapedeck.candle') c") >= 3, true);
    EXPECT_EQ(writer.commit(page("A", 3, 1)).updated, 1440u);
    EXPECT_EQ(open_plugin(as("reader"), host_).query({.series = {"A"}}).candles().size(), 20u * 1440);
    std::uint64_t removed = 0;
    ASSERT_TRUE(writer.remove_before({"A"}, kJanuary + 2 * kDay, removed).ok());
    EXPECT_EQ(removed, 2u * 1440);
    host_.set_now(kJanuary + 40 * kDay);
    const auto retiring = open_plugin(with(as("writer"), {{"drop_after_days", "30"}}), host_);
    ASSERT_TRUE(retiring.commit(page("A", 39)).ok());
    EXPECT_GT(retiring.query({.series = {"A"}}).candles().front().open_time, kJanuary + 2 * kDay);
    EXPECT_EQ(host_.said().size(), 1u) << host_.said().back();
  }
  admin.execute("DROP SCHEMA tapedeck CASCADE");
  for (const std::string role : {"owner", "writer", "reader"})
    admin.execute("DROP ROLE scale_" + role + "; DROP OWNED BY tapedeck_" + role + "; DROP ROLE tapedeck_" + role);
} catch (const conformance::Refused &r) {
  FAIL() << r.message;
}

TEST_F(Timescale, RetentionReachesWhatIsCompressed) {
  fill();
  ASSERT_GT(compress(), 3);
  std::uint64_t removed = 0;
  ASSERT_TRUE(store_->remove_before({"A"}, kJanuary + 10 * kDay, removed).ok());
  EXPECT_EQ(removed, 10u * 1440);
  EXPECT_EQ(store_->query({.series = {"A"}}).candles().size(), 20u * 1440);
  EXPECT_EQ(store_->query({.series = {"B"}}).candles().size(), 30u * 1440);
  EXPECT_EQ(disagreement(client()), "");
}

TEST_F(Timescale, OldChunksAreDroppedAndTheLedgerForgetsThem) {
  fill();
  ASSERT_GT(compress(), 3);
  host_.set_now(kJanuary + 40 * kDay);
  const auto dropping = open({{"drop_after_days", "20"}});
  ASSERT_TRUE(dropping.commit(page("A", 39)).ok());
  const auto rows = dropping.query({.series = {"B"}}).candles();
  const auto ledger = dropping.coverage({"B"}).items;
  ASSERT_EQ(ledger.size(), 1u);
  EXPECT_GT(ledger[0].from, kJanuary + 10 * kDay);
  EXPECT_LE(ledger[0].from, kJanuary + 20 * kDay);
  EXPECT_EQ(rows.front().open_time, ledger[0].from);
  EXPECT_EQ(disagreement(client()), "");
}

}  // namespace
}  // namespace tapedeck::postgres
