// `tapedeck copy`: from SQLite to PostgreSQL and back, killed, in conflict, misnamed; and what a backfill asks afterwards.
#include <gmock/gmock.h>

#include <tapedeck/layer/core.hpp>

#include "plugins/test_support.hpp"
#include "postgres_client.hpp"
#include "private_postgres.hpp"
#include "runtime/plugin_storage.hpp"
#include "support/sim_server.hpp"
#include "support/site.hpp"

using namespace tapedeck::integration;
using tapedeck::servers::PostgresClient;
using tapedeck::servers::PostgresSettings;
using tapedeck::servers::PrivatePostgres;
using testing::AllOf;
using testing::HasSubstr;

namespace {

constexpr std::int64_t kMinute = tapedeck::kMinute, kStart = 1'704'067'200 * tapedeck::kSecond;  // 2024-01-01

std::unique_ptr<tapedeck::Storage> open_sqlite(const std::filesystem::path &file) {
  tapedeck::InstanceSettings settings;
  settings.options = {{"path", file.string()}};
  settings.host = tapedeck::test::BareHost::view(tapedeck::test::BareHost::make());
  return tapedeck::make_plugin_storage(tapedeck::PluginInstance::make(tapedeck::Module::load(SQLITE_PLUGIN), "sqlite", settings));
}

void commit(tapedeck::Storage &store, const char *source, std::uint32_t rank, int from, int count, std::int64_t price) {
  tapedeck::CandleColumns candles;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t time = kStart + (from + i) * kMinute, cell = price + i;
    tdk_candle_batch b{};
    b.struct_size = sizeof b;
    b.count = 1;
    b.price_exp = -2;
    b.volume_exp = -8;
    b.open_time = &time;
    b.open = b.high = b.low = b.close = b.volume = &cell;
    candles.append(b);
  }
  tapedeck::Commit c;
  c.series = {"XAU/USD", {}, TDK_PRICE_BID, TDK_ADJ_RAW};
  c.source = source;
  c.source_version = std::string(source) + " 1.0";
  c.rank = rank;
  c.fetched_at = kStart + price;
  c.candles = &candles;
  tapedeck::LedgerEntry e;
  e.range = {kStart + from * kMinute, kStart + (from + count) * kMinute};
  e.source = source;
  e.updated = kStart + 1;
  c.ledger = {e};
  e.range = {e.range.to, e.range.to + kMinute};
  e.state = tapedeck::CoverageState::Failed;
  e.error = TDK_TIMEOUT;
  e.tries = 2;
  e.next_try = kStart + 5;
  e.reason = "too late";
  c.ledger.push_back(e);
  store.commit(c);
}

// What no backfill of one vendor makes: values that gave way, ranks, failures, ticks, symbols, economic events.
void add_oddities(const std::filesystem::path &file) {
  const auto store = open_sqlite(file);
  commit(*store, "second", 1, 0, 500, 200'000);
  commit(*store, "first", 0, 100, 50, 210'000);
  commit(*store, "first", 0, 120, 5, 220'000);
  tapedeck::CommitBatch batch;
  batch.source = "first";
  batch.source_version = "first 1.0";
  batch.ticks = {{"XAU/USD", {}}};
  for (std::int64_t i = 0; i < 3000; ++i) {
    tapedeck::Tick t;
    t.time = kStart + i * tapedeck::kSecond;
    t.sequence = i;
    t.price_exp = -3;
    (i % 4 == 0 ? t.last : t.bid) = 2'000'000 + i;
    if (i % 4 == 0) t.flags = TDK_QUOTE_TRADE | TDK_QUOTE_BUY;
    batch.ticks[0].ticks.push_back(t);
  }
  store->commit_batch(batch);
  const tapedeck::SymbolInfo gold{.symbol = "XAU/USD", .vendor_symbol = "XAU_USD", .name = "Gold", .price_exp = -3};
  store->store_symbols("first", kStart, {&gold, 1});
  const tapedeck::EconomicEvent event{.time = kStart, .title = "CPI", .country = "US", .actual = tapedeck::ExactDecimal{31, -1}};
  store->store_events("first", kStart + 5, {&event, 1});
}

std::string sqlite_at(const std::filesystem::path &file) { return "module: sqlite, options: { path: \"" + file.string() + "\" }"; }

struct CopyCommand : testing::Test {
  CopyCommand() : site(sim.base_url()) {
    site.pipeline.symbols = {"BTC/USDT", "ETH/USDT"};
    site.pipeline.until = "2024-01-09";
    const Outcome filled = site.backfill();
    if (filled.exit_code != 0) throw std::runtime_error(filled.err);
    add_oddities(site.store());
    old_config = write("old.yaml", "");
    new_config = write("new.yaml", "module: postgres, options: { host: \"" + server.directory().string() + "\", port: " +
                                       std::to_string(server.port()) + ", database: postgres, user: postgres }");
    third_config = write("third.yaml", sqlite_at(site.directory() / "third.db"));
  }
  // The site's pipeline on another store.
  std::string write(const std::string &name, const std::string &store_plugin) const {
    Pipeline p = site.pipeline;
    p.store_plugin = store_plugin;
    return site.write(name, yaml_of(p)).string();
  }
  Outcome copy(const std::string &from, const std::string &to, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"copy", "--from", from, "--to", to});
    return site.tapedeck(more, 300s);
  }
  Outcome verify(const std::string &from, const std::string &to) const { return copy(from, to, {"--verify-only"}); }
  std::string said(const std::string &command, const std::string &config, const std::vector<std::string> &more = {}) const {
    std::vector<std::string> arguments = {command, config};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return site.tapedeck(arguments).out;
  }

  PrivatePostgres server{PostgresSettings{.durable = false}};
  SimServer sim;
  Site site;
  std::string old_config, new_config, third_config;
};

TEST_F(CopyCommand, ToPostgresAndBackEndsInEqualStores) {
  const Outcome there = copy(old_config, new_config);
  ASSERT_EQ(there.exit_code, 0) << there.out << there.err;
  EXPECT_THAT(there.out, AllOf(HasSubstr("copied 3 series, 23,540 candles, 55 revisions, "), HasSubstr(" 3,000 ticks, 1 instrument, 1 economic event in "),
                               HasSubstr("; equal\n")));
  const Outcome back = copy(new_config, third_config);
  ASSERT_EQ(back.exit_code, 0) << back.out << back.err;
  for (const auto &other : {new_config, third_config}) {
    EXPECT_EQ(verify(old_config, other).exit_code, 0) << other;
    EXPECT_EQ(said("coverage", other), said("coverage", old_config));
    EXPECT_EQ(said("verify", other), said("verify", old_config));
    EXPECT_EQ(said("query", other, {"--symbol", "ETH/USDT", "--interval", "1m"}),
              said("query", old_config, {"--symbol", "ETH/USDT", "--interval", "1m"}));
    EXPECT_EQ(said("query", other, {"--symbol", "XAU/USD", "--interval", "1m", "--price", "bid"}),
              said("query", old_config, {"--symbol", "XAU/USD", "--interval", "1m", "--price", "bid"}));
  }
  EXPECT_THAT(said("query", third_config, {"--symbol", "ETH/USDT", "--interval", "1m"}), HasSubstr("2024-01-08T23:59:00Z"));
  const Outcome again = copy(old_config, new_config);
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr(", 0 rows new; equal"));
}

TEST_F(CopyCommand, ABackfillOnTheNewStoreAsksTheVendorForNothing) {
  ASSERT_EQ(copy(old_config, new_config).exit_code, 0);
  sim.reset();
  const Outcome backfill = site.tapedeck({"backfill", new_config});
  EXPECT_EQ(backfill.exit_code, 0) << backfill.err;
  EXPECT_EQ(sim.page_requests(), 0u);
}

// Somebody's lock on one table after the other holds it up there; that is where it is killed.
TEST_F(CopyCommand, KilledAnywhereIsCompletedByTheNextOne) {
  said("coverage", new_config);  // makes the tables
  const PostgresClient client(server.connection());
  for (const std::string table : {"candle", "coverage", "tick", "instrument", "economic_event"}) {
    PostgresClient lock(server.connection());
    lock.execute("BEGIN; LOCK TABLE tapedeck." + table + " IN EXCLUSIVE MODE");
    Process copying(site.command({"copy", "--from", old_config, "--to", new_config}));
    const auto waits = [&] { return client.number("SELECT count(*) FROM pg_locks WHERE NOT granted") > 0; };
    ASSERT_TRUE(wait_until([&] { return waits() || !copying.running(); }, 120s, 5)) << table << copying.err();
    ASSERT_TRUE(copying.running()) << table << copying.out() << copying.err();
    copying.kill();
    lock.execute("ROLLBACK");
    ASSERT_TRUE(wait_until([&] { return client.number("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tapedeck'") == 0; }, 60s, 5));
    // What it claims is there.
    EXPECT_EQ(client.number("SELECT count(*) FROM tapedeck.coverage v, generate_series(v.from_time, v.to_time - 1, 60000000000) t"
                            " WHERE v.state = 1 AND NOT EXISTS (SELECT 1 FROM tapedeck.candle c WHERE c.series_id = v.series_id"
                            " AND c.time = to_timestamp(t / 1000000000))"),
              0)
        << table;
    EXPECT_EQ(client.number("SELECT count(*) FROM tapedeck.candle") > 0, table != "candle") << table;
    EXPECT_EQ(client.number("SELECT count(*) FROM tapedeck.coverage") > 0, table != "candle" && table != "coverage") << table;
  }
  const Outcome last = copy(old_config, new_config);
  EXPECT_EQ(last.exit_code, 0) << last.out << last.err;
  EXPECT_EQ(verify(old_config, new_config).exit_code, 0);
}

TEST_F(CopyCommand, AConflictIsNamedAndNothingOverwritten) {
  {
    const auto other = open_sqlite(site.directory() / "third.db");
    commit(*other, "second", 1, 10, 3, 1);
  }
  const Outcome said_so = copy(old_config, third_config);
  EXPECT_EQ(said_so.exit_code, 1);
  EXPECT_THAT(said_so.err, AllOf(HasSubstr("XAU/USD 1m bid: 3 conflicts"), HasSubstr("the first at 2024-01-01T00:10:00Z"),
                                 HasSubstr("nothing was overwritten")));
  EXPECT_THAT(said_so.out, HasSubstr("; CONFLICTS"));
  EXPECT_THAT(said("query", third_config, {"--symbol", "XAU/USD", "--interval", "1m", "--price", "bid", "--from", "2024-01-01T00:10:00Z",
                                           "--to", "2024-01-01T00:11:00Z"}),
              HasSubstr("0.01"));
  EXPECT_EQ(said("query", third_config, {"--symbol", "BTC/USDT", "--interval", "1m"}),
            said("query", old_config, {"--symbol", "BTC/USDT", "--interval", "1m"}))
      << "all else was copied";
}

TEST_F(CopyCommand, AWorseSourceReplacesNothingInTheNewStoreEither) {
  ASSERT_EQ(copy(old_config, third_config).exit_code, 0);
  {
    const auto store = open_sqlite(site.directory() / "third.db");
    commit(*store, "second", 1, 100, 50, 5);
  }
  EXPECT_EQ(said("query", third_config, {"--symbol", "XAU/USD", "--interval", "1m", "--price", "bid"}),
            said("query", old_config, {"--symbol", "XAU/USD", "--interval", "1m", "--price", "bid"}));
}

TEST_F(CopyCommand, WhatGaveWaySinceIsCaughtUpWith) {
  ASSERT_EQ(copy(old_config, new_config).exit_code, 0);
  {
    const auto store = open_sqlite(site.store());
    commit(*store, "first", 0, 122, 2, 230'000);
    commit(*store, "first", 0, 122, 1, 240'000);
    commit(*store, "first", 0, 500, 10, 250'000);
  }
  EXPECT_EQ(verify(old_config, new_config).exit_code, 3);
  const Outcome again = copy(old_config, new_config);
  EXPECT_EQ(again.exit_code, 0) << again.out << again.err;
  EXPECT_EQ(verify(old_config, new_config).exit_code, 0);
}

TEST_F(CopyCommand, BothMayBeInOneFileWhereNoPipelineUsesTheSecond) {
  std::string text = yaml_of(site.pipeline);
  text.insert(text.find("api:"), "  pg: { " + sqlite_at(site.directory() / "third.db") + " }\n");
  const auto file = site.write("both.yaml", text).string();
  EXPECT_EQ(site.tapedeck({"validate", file, "--offline"}).exit_code, 0);
  const Outcome copied = site.tapedeck({"copy", file, "--from", "store", "--to", "pg"}, 300s);
  EXPECT_EQ(copied.exit_code, 0) << copied.err;
  EXPECT_EQ(copy(file, file + "#pg", {"--verify-only"}).exit_code, 0) << "the one that the pipelines use, and the other";
}

TEST_F(CopyCommand, RefusesWhatItCannotMean) {
  const std::string file = write("again.yaml", "");
  const auto refused = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "copy");
    const Outcome o = site.tapedeck(arguments);
    EXPECT_EQ(o.exit_code, 2) << o.out << o.err;
    return o.err;
  };
  EXPECT_THAT(refused({"--from", old_config, "--to", file}), HasSubstr("they are the same store"));
  EXPECT_THAT(refused({file, "--from", "store", "--to", "store"}), HasSubstr("they are the same store"));
  EXPECT_THAT(refused({file, "--from", "stor", "--to", "store"}), HasSubstr("did you mean 'store'?"));
  EXPECT_THAT(refused({"--from", file + "#nothing", "--to", new_config}), HasSubstr("there is no plugin 'nothing'"));
  EXPECT_THAT(refused({file, "--from", "store", "--to", "binance"}), HasSubstr("is no storage"));
  EXPECT_THAT(refused({"--from", site.directory() / "no.yaml", "--to", new_config}), HasSubstr("no.yaml"));
  std::filesystem::create_symlink(site.store(), site.directory() / "link.db");
  EXPECT_THAT(refused({"--from", old_config, "--to", write("link.yaml", sqlite_at(site.directory() / "link.db"))}),
              HasSubstr("they are the same store"));
}

TEST_F(CopyCommand, NeverMakesTheStoreItCopiesFrom) {
  const Outcome o = copy(third_config, new_config);
  EXPECT_EQ(o.exit_code, 1);
  EXPECT_THAT(o.err, HasSubstr("there is no such file"));
  EXPECT_FALSE(std::filesystem::exists(site.directory() / "third.db"));
}

}  // namespace
