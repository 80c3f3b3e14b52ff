// What must not get out, and what must not get in: secrets, and commands in place of names.
#include "test_store.hpp"

namespace tapedeck::postgres {
namespace {

using conformance::BatchCommit;
using conformance::Commit;
using conformance::FakeHost;
using servers::PrivatePostgres;

constexpr const char *kAttempts[] = {"'; DROP TABLE candle; --", "\"; DROP TABLE candle; --", "$1", "$$; DROP TABLE candle; $$",
                                     "\\'; DROP TABLE candle; --", "1); DELETE FROM candle; --", "%s%n", "{1,2}", "NULL", "x' OR '1'='1",
                                     "E'\\x27'", "/* */", "\n", "\t|\\.", "pg_temp", "candle"};

std::string tables_of(const servers::PostgresClient &client) {
  return client.text("SELECT string_agg(relname || ' ' || relkind::text, ', ' ORDER BY relname) FROM pg_class WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())");
}

// Every text that the outbox takes, through every one of its statements.
void go_through_the_outbox(const conformance::StorageClient &store, const std::string &text) {
  const conformance::OutboxClient outbox(store);
  const conformance::OutboxEvent event{.sink = text, .type = text, .key = text, .payload = text};
  ASSERT_TRUE(store.commit_batch({.events = {event, event, event}}).ok());
  EXPECT_TRUE(outbox.claim(text, text, 10, 20).ok());
  const auto refused = outbox.claim(text, text + "other", 10, 20);
  EXPECT_EQ(refused.status, TDK_BUSY) << refused.message;
  conformance::OutboxQuery query{.sink = text, .type = text, .key = text};
  const auto waiting = outbox.read(query).items;
  ASSERT_EQ(waiting.size(), 3u);
  EXPECT_EQ(waiting[0].payload, text);
  ASSERT_TRUE(outbox.settle({{waiting[1].id, TDK_OUTCOME_FAILED, text}, {waiting[2].id, TDK_OUTCOME_DEAD, text}}).ok());
  EXPECT_EQ(outbox.read({.id = waiting[1].id}).items.at(0).error, text);
  EXPECT_EQ(outbox.purge(query).count, 2u);
  query.state = TDK_OUTBOX_DEAD;
  EXPECT_EQ(outbox.read(query).items.at(0).error, text);
  EXPECT_EQ(outbox.replay(query).count, 1u);
  EXPECT_EQ(outbox.stat().items.at(0).sink, text);
  ASSERT_TRUE(outbox.settle({{outbox.read().items.at(0).id}}).ok());
}

void copy_under_another_name(const conformance::StorageClient &store, conformance::SeriesName name) {
  const conformance::TransferClient transfer(store);
  const auto kept = transfer.read_candles(name).items;
  const auto ticks = transfer.read_ticks(name.symbol).items;
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].source, name.symbol);
  EXPECT_EQ(kept[0].source_version, name.symbol);
  EXPECT_EQ(ticks.at(0).source_version, name.symbol);
  name.symbol += " copied";
  EXPECT_EQ(transfer.write_candles(name, kept).count, 300u);
  EXPECT_EQ(transfer.write_candles(name, kept).count, 0u);
}

TEST(Injection, NamesOfEveryKindAreData) {
  const TestSchema schema;
  const FakeHost host;
  const auto store = open_plugin(schema.options(), host);
  ASSERT_TRUE(store.commit_batch({}).ok());
  const std::string tables = tables_of(schema.client());
  for (const std::string text : kAttempts) {
    Commit c;
    c.series.symbol = c.source = c.source_version = text;
    c.candles = conformance::make_candles(0, 300);
    c.coverage = {conformance::covered(0, conformance::kMinute)};
    c.coverage[0].reason = text;
    BatchCommit b;
    b.commits = {c};
    b.source = b.source_version = text;
    b.ticks = {conformance::Tick{.symbol = text}};
    ASSERT_TRUE(store.commit_batch(b).ok()) << text;
    EXPECT_EQ(store.query({.series = c.series}).batches.at(0).source, text);
    EXPECT_EQ(store.query({.series = c.series, .limit = 2, .newest = true}).candles().size(), 2u);
    EXPECT_EQ(store.query_ticks({.symbol = text}).items.size(), 1u);
    EXPECT_EQ(store.coverage(c.series, text).items.at(0).reason, text);
    EXPECT_EQ(store.revisions(c.series).items.size(), 0u);
    conformance::Symbol symbol{.symbol = text};
    symbol.name = symbol.exchange = symbol.vendor_symbol = text;
    ASSERT_TRUE(store.store({symbol}, text).ok());
    EXPECT_EQ(store.symbols(text, text).items.at(0).name, text);
    conformance::Event event{.id = text};
    event.title = event.country = event.unit = text;
    ASSERT_TRUE(store.store({event}, text).ok());
    EXPECT_EQ(store.events({.country = text, .source = text}).items.at(0).title, text);
    go_through_the_outbox(store, text);
    copy_under_another_name(store, c.series);
    std::uint64_t removed = 0;
    EXPECT_TRUE(store.remove_before(c.series, conformance::kMinute, removed).ok());
    EXPECT_EQ(removed, 1u);
  }
  EXPECT_EQ(tables_of(schema.client()), tables);
  EXPECT_EQ(store.list_series().items.size(), 2 * std::size(kAttempts));
  EXPECT_EQ(conformance::TransferClient(store).tick_symbols().items.size(), std::size(kAttempts));
  EXPECT_EQ(disagreement(schema.client()), "");
}

TEST(Injection, AnIntervalIsAUnitAndACountOrNothing) {
  const TestSchema schema;
  const FakeHost host;
  const auto store = open_plugin(schema.options(), host);
  for (const tdk_interval interval : {tdk_interval{0, 1}, tdk_interval{7, 1}, tdk_interval{UINT32_MAX, 1}, tdk_interval{TDK_UNIT_MINUTE, 0}}) {
    Commit c;
    c.series.interval = interval;
    c.candles = conformance::make_candles(0, 1);
    EXPECT_EQ(store.commit(c).status, TDK_INVALID_ARGUMENT);
    EXPECT_EQ(store.query({.series = c.series}).status, TDK_INVALID_ARGUMENT);
  }
  EXPECT_TRUE(store.list_series().items.empty());
}

TEST(Injection, ASchemaMayHaveAnyName) {
  const FakeHost host;
  const servers::PostgresClient client(shared_server().connection());
  for (const std::string text : {"\"; DROP SCHEMA public; --", "a'b", "a, public", "user", "\\", "UPPER case"}) {
    const TestSchema options_of;
    const auto store = open_plugin(with(options_of.options(), {{"schema", text}}), host);
    Commit c;
    c.candles = conformance::make_candles(1'714'521'600'000'000'000, 300);
    ASSERT_TRUE(store.commit_batch({.commits = {c}, .events = {{.key = text}}}).ok()) << text;
    EXPECT_EQ(store.query({}).candles().size(), 300u);
    EXPECT_EQ(conformance::OutboxClient(store).read({.key = text}).items.size(), 1u);
    client.execute("DO $do$ BEGIN EXECUTE format('DROP SCHEMA %I CASCADE', $name$" + text + "$name$); END $do$");
  }
  EXPECT_EQ(client.number("SELECT count(*) FROM pg_namespace WHERE nspname = 'public'"), 1);
}

// What means something else to PostgreSQL than a schema of that name.
TEST(Injection, ASchemaThatCannotBeIsRefused) {
  const TestSchema schema;
  const FakeHost host;
  for (const std::string text : {"$user", "pg_temp", "pg_catalog", "pg_mine", "information_schema"}) try {
      open_plugin(with(schema.options(), {{"schema", text}}), host);
      ADD_FAILURE() << text;
    } catch (const conformance::Refused &r) {
      EXPECT_EQ(r.status, TDK_INVALID_ARGUMENT) << r.message;
    }
}

TEST(Injection, OtherOptionsAreNamesTooAndAreRefusedAsSuch) {
  const TestSchema schema;
  const FakeHost host;
  for (const auto &[key, value] : conformance::Options{{"role", "none; DROP TABLE candle"},
                                                       {"user", "postgres options='-c fsync=off'"},
                                                       {"database", "postgres user=other"},
                                                       {"sslrootcert", "x host=elsewhere"}}) {
    conformance::Options options = with(schema.options(), {{key, value}});
    if (key == "sslrootcert") options = with(options, {{"host", PrivatePostgres::kHost}, {"sslmode", "verify-ca"}});
    EXPECT_THROW(open_plugin(options, host), conformance::Refused) << key;
  }
}

// With everything that a server can be told to log.
TEST(Secrets, AreNeitherInTheServersViewsNorInItsLogNorInMessages) {
  const TestSchema schema;
  const FakeHost host;
  const std::string password = PrivatePostgres::kPassword;
  const auto options = with(schema.options(), {{"host", PrivatePostgres::kHost}, {"password", password}});
  const auto client = schema.client();
  for (const char *sql : {"ALTER SYSTEM SET log_statement = 'all'", "ALTER SYSTEM SET log_connections = on", "SELECT pg_reload_conf()"})
    client.execute(sql);
  while (servers::PostgresClient(shared_server().connection()).text("SHOW log_statement") != "all") continue;
  const auto store = open_plugin(options, host);
  Commit c;
  c.candles = conformance::make_candles(0, 300);
  ASSERT_TRUE(store.commit(c).ok());
  go_through_the_outbox(store, "kafka");
  EXPECT_EQ(conformance::TransferClient(store).read_candles({}).items.size(), 1u);
  c.series.symbol = "\xff";
  const std::string refusal = store.commit(c).message;
  const auto activity = client.rows("SELECT a FROM pg_stat_activity a");
  const auto dump = client.rows("SELECT * FROM store");
  for (const char *sql : {"ALTER SYSTEM RESET ALL", "SELECT pg_reload_conf()"}) client.execute(sql);
  EXPECT_EQ(client.number("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tapedeck' AND pid <> pg_backend_pid()"), 1);
  EXPECT_THAT(shared_server().log(), testing::HasSubstr("COPY candle(")) << "the log has the statements";
  EXPECT_THAT(shared_server().log(), testing::HasSubstr("COPY outbox("));
  for (const std::string &text : {refusal, shared_server().log()}) EXPECT_EQ(text.find(password), std::string::npos);
  for (const auto &rows : {activity, dump})
    for (const std::string &row : rows) EXPECT_EQ(row.find(password), std::string::npos) << row;
}

}  // namespace
}  // namespace tapedeck::postgres
