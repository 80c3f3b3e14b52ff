// The roles of roles.sql: each can do what it should, and no more.
#include "test_store.hpp"

#include <fstream>
#include <sstream>

namespace tapedeck::postgres {
namespace {

using conformance::Commit;
using conformance::FakeHost;
using conformance::Options;

constexpr std::int64_t kMay = 1'714'521'600'000'000'000;  // 2024-05-01
constexpr std::int64_t kMonth = 31 * 86'400'000'000'000;

// In a database of its own, as the roles are made for one, with a login for each.
class Roles : public testing::Test {
 protected:
  Roles() : admin_(shared_server().connection()) {
    admin_.execute("DROP DATABASE IF EXISTS roles");
    admin_.execute("CREATE DATABASE roles");
    admin_.execute("REVOKE ALL ON DATABASE roles FROM PUBLIC; GRANT CONNECT ON DATABASE roles TO PUBLIC");
    std::ostringstream sql;
    sql << std::ifstream(POSTGRES_ROLES).rdbuf();
    servers::PostgresClient database(shared_server().connection("roles"));
    database.execute(sql.str());
    database.execute(sql.str());  // it may be run again
    for (const std::string role : {"owner", "writer", "reader"})
      admin_.execute("CREATE ROLE login_" + role + " LOGIN; GRANT tapedeck_" + role + " TO login_" + role);
  }
  ~Roles() override {
    admin_.execute("DROP DATABASE roles WITH (FORCE)");
    for (const std::string role : {"owner", "writer", "reader"})
      admin_.execute("DROP ROLE login_" + role + "; DROP ROLE tapedeck_" + role);
  }
  Options options(const std::string &role) const {
    return with(schema_.options(), {{"schema", "tapedeck"}, {"database", "roles"}, {"user", "login_" + role},
                                    {"role", role == "owner" ? "tapedeck_owner" : ""}});
  }
  conformance::StorageClient open(const std::string &role) const {
    return open_plugin(with(options(role), {{"read_only", role == "reader" ? "true" : "false"}}), host_);
  }
  servers::PostgresClient login(const std::string &role) const {
    servers::PostgresClient client("host=" + shared_server().directory().string() + " port=" + std::to_string(shared_server().port()) +
                                   " dbname=roles user=login_" + role);
    client.execute("SET search_path = tapedeck");
    return client;
  }
  Commit page() const {
    Commit c;
    c.candles = conformance::make_candles(kMay, 300);
    c.coverage = {conformance::covered(kMay, kMay + 300 * conformance::kMinute)};
    return c;
  }

  FakeHost host_;
  TestSchema schema_;  // for its options
  servers::PostgresClient admin_;
};

TEST_F(Roles, TheWriterNeedsTheOwnerOnce) {
  try {
    open("writer");
    ADD_FAILURE() << "the writer migrated";
  } catch (const conformance::Refused &r) {
    EXPECT_EQ(r.status, TDK_PERMISSION_DENIED) << r.message;
    EXPECT_THAT(r.message, testing::HasSubstr("roles.sql"));
  }
  EXPECT_EQ(open("owner").health(), TDK_OK);
  EXPECT_EQ(open("writer").health(), TDK_OK);
}

TEST_F(Roles, TheWriterDoesAllThatAHostDoes) {
  open("owner");
  const auto store = open("writer");
  ASSERT_TRUE(store.commit(page()).ok()) << "partitions are made for it";
  Commit again = page();
  again.candles = conformance::make_candles(kMay, 10, 1);
  EXPECT_EQ(store.commit(again).updated, 10u);
  ASSERT_TRUE(store.commit_batch({.ticks = {conformance::Tick{}}}).ok());
  ASSERT_TRUE(store.store({conformance::Symbol{}}).ok());
  ASSERT_TRUE(store.store({conformance::Event{}}).ok());
  EXPECT_EQ(store.query({}).candles().size(), 300u);
  EXPECT_EQ(store.revisions({}).items.size(), 10u);
  const conformance::TransferClient transfer(store);
  EXPECT_EQ(transfer.write_candles({"copied"}, transfer.read_candles({}).items).count, 310u);
  std::uint64_t removed = 0;
  ASSERT_TRUE(store.remove_before({"copied"}, kMay + kMonth, removed).ok());
  ASSERT_TRUE(store.remove_before({}, kMay + kMonth, removed).ok());
  EXPECT_EQ(removed, 300u);
  EXPECT_EQ(login("writer").refusal("SELECT 1 FROM candle_202405"), "42P01") << "the empty partition is dropped for it";
  ASSERT_TRUE(store.commit(page()).ok());
  EXPECT_EQ(login("writer").refusal("SELECT 1 FROM candle_202405"), "");
  host_.set_now(kMay + 40 * kMonth);
  const auto retiring = open_plugin(with(options("writer"), {{"drop_after_days", "30"}}), host_);
  Commit now = page();
  now.candles = conformance::make_candles(kMay + 40 * kMonth, 1);
  ASSERT_TRUE(retiring.commit(now).ok());
  EXPECT_EQ(login("writer").refusal("SELECT 1 FROM candle_202405"), "42P01") << "old months are dropped for it";
  EXPECT_EQ(retiring.query({}).candles(), now.candles);
}

// What a host does with an outbox; what came of it.
void use_outbox(const conformance::StorageClient &store) {
  const conformance::OutboxClient outbox(store);
  ASSERT_TRUE(store.commit_batch({.events = {{.payload = "a"}, {.payload = "b"}, {.payload = "c"}}}).ok());
  ASSERT_TRUE(outbox.claim("kafka", "host", 1, 2).ok());
  const auto waiting = outbox.read().items;
  ASSERT_EQ(waiting.size(), 3u);
  ASSERT_TRUE(outbox.settle({{waiting[0].id}, {waiting[1].id, TDK_OUTCOME_FAILED, "x"}, {waiting[2].id, TDK_OUTCOME_DEAD, "x"}}).ok());
  EXPECT_EQ(outbox.replay().count, 1u);
  EXPECT_EQ(outbox.purge({.id = waiting[1].id}).count, 1u);
  EXPECT_EQ(outbox.stat().items.at(0).waiting, 1u);
}

TEST_F(Roles, TheWriterHasTheOutbox) {
  open("owner");
  use_outbox(open("writer"));
}

TEST_F(Roles, TheReaderSeesTheOutboxAndTakesNothing) {
  open("owner");
  const auto writer = open("writer");
  use_outbox(writer);
  const auto store = open("reader");
  const conformance::OutboxClient outbox(store);
  EXPECT_EQ(outbox.read().items.size(), 1u);
  EXPECT_EQ(outbox.stat().items.size(), 1u);
  EXPECT_EQ(outbox.claim("kafka", "reader", 1, 2).status, TDK_PERMISSION_DENIED);
  EXPECT_EQ(outbox.purge({}).status, TDK_PERMISSION_DENIED);
  EXPECT_TRUE(conformance::TransferClient(store).tick_symbols().ok());
  for (const std::string sql : {"DELETE FROM outbox", "UPDATE outbox SET tries = 0", "INSERT INTO dead_letter SELECT * FROM dead_letter",
                                "DELETE FROM outbox_claim", "SELECT id FROM outbox FOR UPDATE"})
    EXPECT_EQ(login("reader").refusal(sql), "42501") << sql;
}

// A store of the version before: the owner migrates it, and the rights are there.
TEST_F(Roles, TheOwnerMigratesForTheOthers) {
  open("owner");
  ASSERT_TRUE(open("writer").commit(page()).ok());
  login("owner").execute("SET ROLE tapedeck_owner; DROP VIEW outbox_view; DROP TABLE outbox, dead_letter, outbox_claim;"
                         "DELETE FROM schema_migrations WHERE version > 1");
  try {
    open("writer");
    ADD_FAILURE() << "the writer migrated";
  } catch (const conformance::Refused &r) {
    EXPECT_EQ(r.status, TDK_PERMISSION_DENIED) << r.message;
    EXPECT_THAT(r.message, testing::HasSubstr("roles.sql"));
  }
  open("owner");
  use_outbox(open("writer"));
  const auto store = open("reader");
  EXPECT_EQ(conformance::OutboxClient(store).read().items.size(), 1u);
  EXPECT_EQ(store.query({}).candles().size(), 300u);
}

TEST_F(Roles, TheWriterChangesNoTable) {
  open("owner");
  ASSERT_TRUE(open("writer").commit(page()).ok());
  const auto client = login("writer");
  for (const std::string sql : {"DROP TABLE candle", "TRUNCATE candle", "ALTER TABLE candle ADD x int", "CREATE TABLE mine(x int)",
                                "DROP TABLE candle_202405", "TRUNCATE outbox", "DROP TABLE dead_letter", "CREATE INDEX ON candle(batch_id)", "DROP VIEW market_data",
                                "INSERT INTO schema_migrations(version) VALUES(9)", "DELETE FROM schema_migrations",
                                "CREATE SCHEMA other", "SET ROLE tapedeck_owner", "SELECT * FROM pg_authid",
                                "ALTER FUNCTION instant(bigint) OWNER TO login_writer", "DROP FUNCTION retire(timestamptz)"})
    EXPECT_EQ(client.refusal(sql), "42501") << sql;
}

TEST_F(Roles, TheReaderReadsAllAndWritesNothing) {
  open("owner");
  const auto writer = open("writer");
  ASSERT_TRUE(writer.commit(page()).ok());
  ASSERT_TRUE(writer.commit_batch({.ticks = {conformance::Tick{}}}).ok());
  const auto store = open("reader");
  EXPECT_EQ(store.query({}).candles().size(), 300u);
  EXPECT_EQ(store.query_ticks({}).items.size(), 1u);
  EXPECT_EQ(store.coverage({}).items.size(), 1u);
  EXPECT_EQ(store.list_series().items.size(), 1u);
  EXPECT_TRUE(store.revisions({}).ok());
  EXPECT_TRUE(store.symbols().ok());
  EXPECT_TRUE(store.events().ok());
  const auto client = login("reader");
  for (const std::string view : {"market_data", "coverage_view", "quotes", "trades", "instruments", "economic_events", "outbox_view"})
    EXPECT_EQ(client.refusal("SELECT * FROM " + view), "") << view;
  for (const std::string sql : {"INSERT INTO source(name) VALUES('x')", "UPDATE candle SET close = 0", "DELETE FROM coverage",
                                "DROP TABLE candle", "CREATE TABLE mine(x int)", "SELECT ensure_months('{24300}')", "SELECT retire(now())",
                                "SELECT drop_empty_months(now())", "CREATE TEMP TABLE mine(x int)", "SELECT id FROM series FOR UPDATE"})
    EXPECT_EQ(client.refusal(sql), "42501") << sql;
}

}  // namespace
}  // namespace tapedeck::postgres
