// What was recorded comes out again, without any vendor.
#include <gmock/gmock.h>

#include <cstdio>

#include "support/live_host.hpp"
#include "support/sim_server.hpp"

using namespace tapedeck::integration;

namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr const char *kTrades = "SELECT sequence, symbol, time, price, size, side, trades, source FROM trades ORDER BY symbol, sequence";
// Binance gives a quote no time: it is that of its arrival.
constexpr const char *kQuotes = "SELECT sequence, symbol, bid, bid_size, ask, ask_size, source FROM quotes ORDER BY symbol, sequence";

// The candles from the first one on that the other has.
std::vector<Candle> from(std::vector<Candle> candles, std::int64_t open_ms) {
  std::erase_if(candles, [&](const Candle &c) { return c.open_ms < open_ms; });
  return candles;
}



TEST(RecordAndReplay, GivesTheSameTicksAndCandles) {
  auto sim = std::make_unique<SimServer>();
  Site recorded(sim->base_url()), replayed(sim->base_url());
  for (Site *site : {&recorded, &replayed}) {
    site->pipeline.symbols = {"BTC/USDT", "ETH/USDT"};
    site->pipeline.intervals = {"1s"};
    site->pipeline.backfill = false;
    site->pipeline.stream = "kinds: [candles, trades, quotes]";
  }
  const std::string tape = (recorded.directory() / "tape").string();
  {
    LiveHost host(recorded, {"--record", tape});
    const auto enough = [&] {
      return std::filesystem::exists(recorded.store()) && recorded.open_store().candles("ETH/USDT", "1s").size() >= 6;
    };
    ASSERT_TRUE(wait_until(enough, 30s, 50)) << host.err();
    ASSERT_EQ(host.stop(), 0) << host.err();
  }
  sim.reset();

  const Rows trades = recorded.open_store().rows(kTrades), quotes = recorded.open_store().rows(kQuotes);
  ASSERT_GT(trades.size(), 10u);
  ASSERT_GT(quotes.size(), 10u);
  LiveHost host(replayed, {"--replay", tape, "--replay-speed", "0"});
  const auto played = [&] {
    return std::filesystem::exists(replayed.store()) && replayed.open_store().rows(kTrades).size() >= trades.size() &&
           replayed.open_store().rows(kQuotes).size() >= quotes.size();
  };
  EXPECT_TRUE(wait_until(played, 60s, 50)) << host.err();
  ASSERT_EQ(host.stop(), 0) << host.err();

  auto store = replayed.open_store();
  EXPECT_EQ(store.rows(kTrades), trades);
  EXPECT_EQ(store.rows(kQuotes), quotes);
  for (const std::string symbol : {"BTC/USDT", "ETH/USDT"}) {
    // Before the first candle of the stream stand those that the recorded run had asked for.
    const auto found = store.candles(symbol, "1s");
    ASSERT_GE(found.size(), 4u) << symbol;
    EXPECT_EQ(difference(found, from(recorded.open_store().candles(symbol, "1s"), found.front().open_ms)), "") << symbol;
  }
  std::printf("%zu trades and %zu quotes recorded and replayed\n", trades.size(), quotes.size());
}

}  // namespace
