// Live rows into the real store while somebody else holds its lock.
#include <gtest/gtest.h>

#include <tapedeck/layer/core.hpp>

#include "live/delivery.hpp"
#include "plugins/test_support.hpp"
#include "runtime/plugin_storage.hpp"
#include "support/sqlite_file.hpp"
#include "support/temp_dir.hpp"
#include "support/wait_until.hpp"

namespace tapedeck {
namespace {

using integration::wait_until;

std::shared_ptr<PluginInstance> open_sqlite(const std::filesystem::path &file) {
  InstanceSettings settings;
  settings.options = {{"path", file.string()}, {"busy_timeout", "20ms"}};
  settings.host = test::BareHost::view(test::BareHost::make());
  return PluginInstance::make(Module::load(SQLITE_PLUGIN), "sqlite", settings);
}

TEST(DeliverySqlite, ALockedStoreGetsEverythingOnceItIsFree) {
  const integration::TempDir directory;
  const auto file = directory.path() / "market.db";
  open_sqlite(file);  // makes it
  LiveHub hub;
  Metrics metrics;
  const auto series = hub.open_series("crypto", {"BTC/USDT", {}});
  const auto symbol = hub.open_symbol("crypto", "BTC/USDT");
  const DeliverySource source{"binance", "binance 0.1.0", 0};
  DeliverySettings settings;
  settings.spool = directory.path() / "spool";
  settings.queue_rows = 500;
  settings.flush_after = 10'000'000;
  settings.retry_after = 20'000'000;
  Delivery delivery(
      "crypto", [&] { return make_plugin_storage(open_sqlite(file)); }, settings, system_clock(), hub, metrics);

  integration::SqliteFile other(file, SQLITE_OPEN_READWRITE);
  other.execute("BEGIN IMMEDIATE");
  for (std::int64_t n = 0; n < 3000; ++n) {
    Tick tick;
    tick.time = tick.sequence = n;
    tick.bid = 42 + n;
    ASSERT_TRUE(delivery.put(*symbol, source, std::span(&tick, 1)));
    if (n % 10 != 0) continue;
    const CandleRow row{.open_time = n / 10 * kMinute, .open = 1, .high = 1, .low = 1, .close = 1};
    ASSERT_TRUE(delivery.put(*series, source, row));
  }
  ASSERT_TRUE(wait_until([&] { return delivery.counts().storage_away; }));
  EXPECT_LE(delivery.counts().queued_rows, 500u);
  EXPECT_GT(delivery.counts().spooled_rows, 2000u);
  other.execute("ROLLBACK");

  ASSERT_TRUE(wait_until([&] { return delivery.counts().ticks_stored == 3000; }));
  delivery.stop(5 * kSecond);
  EXPECT_EQ(other.number("SELECT count(*) FROM tick"), 3000);
  EXPECT_EQ(other.number("SELECT count(*) FROM candle"), 300);
  EXPECT_EQ(other.number("SELECT count(*) FROM coverage"), 1) << "one entry for all of it";
  EXPECT_EQ(delivery.counts().dropped_ticks + delivery.counts().dropped_candles, 0u);
  EXPECT_FALSE(std::filesystem::exists(settings.spool));

  // What is read comes back through the same door.
  const auto storage = make_plugin_storage(open_sqlite(file));
  std::int64_t next = 2990;
  storage->query_ticks({.symbol = "BTC/USDT", .range = {0, 10'000}, .limit = 10, .newest = true},
                       [&](const Tick &tick) {
                         EXPECT_EQ(tick.sequence, next);
                         EXPECT_EQ(tick.bid, 42 + next);
                         return ++next > 0;
                       },
                       nullptr);
  EXPECT_EQ(next, 3000);
}

}  // namespace
}  // namespace tapedeck
