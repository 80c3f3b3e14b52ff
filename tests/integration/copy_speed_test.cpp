// What a year of 1-minute candles of two instruments takes on disk, and how long its copy takes. The figures of
// docs/OPERATIONS.md are those of `TAPEDECK_LONG=1 copy_speed_test` of a release; without it, it is done in small.
#include <gmock/gmock.h>

#include <tapedeck/layer/core.hpp>

#include <cstdio>
#include <cstdlib>

#include "plugins/test_support.hpp"
#include "postgres_client.hpp"
#include "private_postgres.hpp"
#include "runtime/plugin_storage.hpp"
#include "support/site.hpp"

using namespace tapedeck::integration;
using tapedeck::servers::PostgresClient;
using tapedeck::servers::PrivatePostgres;

namespace {

constexpr std::int64_t kStart = 1'672'531'200 * tapedeck::kSecond;  // 2023-01-01
constexpr std::int64_t kPage = 1'000;

struct Amount {
  std::int64_t candles_each, ticks;
};
Amount amount() { return std::getenv("TAPEDECK_LONG") != nullptr ? Amount{525'600, 1'000'000} : Amount{6'000, 5'000}; }

std::unique_ptr<tapedeck::Storage> open_sqlite(const std::filesystem::path &file) {
  tapedeck::InstanceSettings settings;
  settings.options = {{"path", file.string()}};
  settings.host = tapedeck::test::BareHost::view(tapedeck::test::BareHost::make());
  return tapedeck::make_plugin_storage(tapedeck::PluginInstance::make(tapedeck::Module::load(SQLITE_PLUGIN), "sqlite", settings));
}

// Prices that wander, with the digits that vendors send.
class Walk {
 public:
  std::int64_t next() {
    seed_ = seed_ * 6364136223846793005u + 1442695040888963407u;
    return price_ += static_cast<std::int64_t>(seed_ >> 60) - 7;
  }

 private:
  std::uint64_t seed_ = 42;
  std::int64_t price_ = 4'200'000;
};

void fill_candles(tapedeck::Storage &store, const std::string &symbol, std::int64_t count) {
  Walk walk;
  for (std::int64_t first = 0; first < count; first += kPage) {
    std::vector<std::int64_t> columns[7];
    for (std::int64_t i = first; i < std::min(first + kPage, count); ++i) {
      const std::int64_t open = walk.next(), close = walk.next();
      const std::int64_t cells[] = {kStart + i * tapedeck::kMinute, open, std::max(open, close) + 3, std::min(open, close) - 3, close,
                                    open * 37 % 100'000'000'000, i % 900};
      for (std::size_t c = 0; c < 7; ++c) columns[c].push_back(cells[c]);
    }
    tdk_candle_batch b{};
    b.struct_size = sizeof b;
    b.count = columns[0].size();
    b.price_exp = -2;
    b.volume_exp = -8;
    b.turnover_exp = -8;
    b.open_time = columns[0].data();
    b.open = columns[1].data();
    b.high = columns[2].data();
    b.low = columns[3].data();
    b.close = columns[4].data();
    b.volume = b.turnover = columns[5].data();
    b.trades = columns[6].data();
    tapedeck::CandleColumns candles;
    candles.append(b);
    tapedeck::Commit c;
    c.series = {symbol, {}, TDK_PRICE_TRADE, TDK_ADJ_RAW};
    c.source = "binance";
    c.source_version = "binance 0.1.0";
    c.fetched_at = kStart + first;
    c.candles = &candles;
    tapedeck::LedgerEntry e;
    e.range = {columns[0].front(), columns[0].back() + tapedeck::kMinute};
    e.source = c.source;
    c.ledger = {e};
    store.commit(c);
  }
}

void fill_ticks(tapedeck::Storage &store, std::int64_t count) {
  Walk walk;
  for (std::int64_t first = 0; first < count; first += kPage) {
    tapedeck::CommitBatch batch;
    batch.source = "binance";
    batch.source_version = "binance 0.1.0";
    batch.ticks = {{"BTC/USDT", {}}};
    for (std::int64_t i = first; i < std::min(first + kPage, count); ++i) {
      tapedeck::Tick t;
      t.time = kStart + i * 50'000'000;
      t.sequence = 3'000'000'000 + i;
      t.last = walk.next();
      t.last_size = t.last * 37 % 10'000'000;
      t.price_exp = -2;
      t.size_exp = -8;
      t.flags = TDK_QUOTE_TRADE | TDK_QUOTE_BUY;
      batch.ticks[0].ticks.push_back(t);
    }
    store.commit_batch(batch);
  }
}

// Of the whole file, vacuumed so that nothing waits in the log.
std::int64_t size_of(const std::filesystem::path &file) {
  SqliteFile(file, SQLITE_OPEN_READWRITE).execute("PRAGMA wal_checkpoint(TRUNCATE)");
  return static_cast<std::int64_t>(std::filesystem::file_size(file));
}

struct Sizes {
  double candle, tick;
};

Sizes fill_sqlite(const std::filesystem::path &file) {
  const auto store = open_sqlite(file);
  const std::int64_t empty = size_of(file);
  fill_candles(*store, "BTC/USDT", amount().candles_each);
  fill_candles(*store, "ETH/USDT", amount().candles_each);
  const std::int64_t candles = size_of(file);
  fill_ticks(*store, amount().ticks);
  return {static_cast<double>(candles - empty) / static_cast<double>(2 * amount().candles_each),
          static_cast<double>(size_of(file) - candles) / static_cast<double>(amount().ticks)};
}

TEST(CopySpeed, OfTwoSeriesAndTicks) {
  PrivatePostgres server;
  Site site("http://127.0.0.1:9/binance");
  const Sizes file = fill_sqlite(site.store());
  Pipeline other = site.pipeline;
  other.store_plugin = "module: postgres, options: { host: \"" + server.directory().string() + "\", port: " +
                       std::to_string(server.port()) + ", database: postgres, user: postgres }";
  const auto there = site.write("there.yaml", yaml_of(other)).string();
  const Outcome copied = site.tapedeck({"copy", "--from", "FILE", "--to", there}, 1800s);
  ASSERT_EQ(copied.exit_code, 0) << copied.out << copied.err;
  EXPECT_THAT(copied.out, testing::HasSubstr("; equal"));
  const Outcome again = site.tapedeck({"copy", "--from", "FILE", "--to", there}, 1800s);
  ASSERT_EQ(again.exit_code, 0) << again.err;
  const Outcome compared = site.tapedeck({"copy", "--from", "FILE", "--to", there, "--verify-only"}, 1800s);
  ASSERT_EQ(compared.exit_code, 0) << compared.err;

  const PostgresClient client(server.connection());
  client.execute("SET search_path = tapedeck");
  client.execute("VACUUM ANALYZE");
  const double candle = static_cast<double>(client.number("SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('candle')")) /
                        static_cast<double>(2 * amount().candles_each);
  const double tick = static_cast<double>(client.number("SELECT pg_total_relation_size('tick')")) / static_cast<double>(amount().ticks);
  std::printf("%s%s%s%s", copied.out.c_str(), copied.err.c_str(), again.out.c_str(), compared.out.c_str());
  std::printf("bytes a candle: %.0f in SQLite, %.0f in PostgreSQL; a tick: %.0f and %.0f\n", file.candle, candle, file.tick, tick);
  std::printf("copied in %lld ms, copied again in %lld ms, compared in %lld ms: %lld candles, %lld ticks\n",
              static_cast<long long>(copied.took.count()), static_cast<long long>(again.took.count()),
              static_cast<long long>(compared.took.count()), static_cast<long long>(2 * amount().candles_each),
              static_cast<long long>(amount().ticks));
}

}  // namespace
