// PostgreSQL crashes ten times (`-m immediate`) under a backfill and under a stream: nothing is lost, nothing twice.
#include <gmock/gmock.h>

#include <cstdio>
#include <sstream>

#include "postgres_client.hpp"
#include "private_postgres.hpp"
#include "support/live_host.hpp"
#include "support/made_tape.hpp"
#include "support/sim_server.hpp"

using namespace tapedeck::integration;
using tapedeck::servers::PostgresClient;
using tapedeck::servers::PrivatePostgres;

namespace {

constexpr int kCrashes = 10;
constexpr std::uint64_t kPagesBetween = 10;

std::string store_of(const PrivatePostgres &server) {
  return "module: postgres, options: { host: \"" + server.directory().string() + "\", port: " + std::to_string(server.port()) +
         ", database: postgres, user: postgres, reconnect_timeout: 30s }";
}

PostgresClient client_of(const PrivatePostgres &server) {
  PostgresClient client(server.connection());
  client.execute("SET search_path = tapedeck; SET timezone = 'UTC'");
  return client;
}

std::vector<std::string> cells_of(const std::string &row) {
  std::vector<std::string> out;
  std::istringstream in(row);
  for (std::string cell; std::getline(in, cell, '|');) out.push_back(cell);
  return out;
}

std::vector<Candle> candles_of(const PostgresClient &client, const std::string &symbol, const std::string &timeframe) {
  std::vector<Candle> out;
  for (const auto &row : client.rows("SELECT (extract(epoch FROM time) * 1000)::bigint, open, high, low, close, volume FROM market_data"
                                     " WHERE symbol = '" + symbol + "' AND timeframe = '" + timeframe + "' ORDER BY time")) {
    const auto c = cells_of(row);
    out.push_back({std::stoll(c[0]), units_of(c[1]), units_of(c[2]), units_of(c[3]), units_of(c[4]), units_of(c[5])});
  }
  return out;
}

TEST(PostgresRestart, ABackfillOutlivesTenCrashesOfTheServer) {
  PrivatePostgres server;
  const SimServer sim;
  Site site(sim.base_url());
  site.pipeline.store_plugin = store_of(server);
  site.pipeline.symbols = {"BTC/USDT", "ETH/USDT"};
  site.pipeline.until = "2024-03-01";
  site.pipeline.parallel = 4;
  Process backfill(site.command({"backfill", "FILE"}));
  for (int crash = 0; crash < kCrashes; ++crash) {
    const std::uint64_t next = sim.page_requests() + kPagesBetween;
    ASSERT_TRUE(wait_until([&] { return sim.page_requests() >= next || !backfill.running(); }, 60s, 1)) << backfill.err();
    ASSERT_TRUE(backfill.running()) << "crash " << crash << ": " << backfill.err();
    server.restart_immediately();
  }
  ASSERT_EQ(backfill.wait(120s), 0) << backfill.err();

  const PostgresClient client = client_of(server);
  for (const std::string symbol : {"BTC/USDT", "ETH/USDT"}) {
    const auto truth = sim.candles(symbol.substr(0, 3) + "USDT", "1m", kNewYear2024Ms, kNewYear2024Ms + 60 * kDayMs);
    EXPECT_EQ(difference(candles_of(client, symbol, "1m"), truth), "") << symbol;
  }
  EXPECT_EQ(client.number("SELECT count(*) FROM candle"), 2 * 60 * 1440);
  EXPECT_EQ(client.number("SELECT sum(rows) FROM batch"), 2 * 60 * 1440);
  EXPECT_EQ(client.number("SELECT sum(rows) FROM series"), 2 * 60 * 1440);
  EXPECT_EQ(client.number("SELECT count(*) FROM revision"), 0);
  EXPECT_EQ(client.rows("SELECT symbol, state, from_time, to_time FROM coverage_view ORDER BY symbol"),
            (std::vector<std::string>{"BTC/USDT|present|2024-01-01 00:00:00+00|2024-03-01 00:00:00+00",
                                      "ETH/USDT|present|2024-01-01 00:00:00+00|2024-03-01 00:00:00+00"}));
  std::printf("%d crashes under a backfill of %d candles: %llu page requests\n", kCrashes, 2 * 60 * 1440,
              static_cast<unsigned long long>(sim.page_requests()));
  const Outcome verified = site.tapedeck({"verify", "FILE"});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
}

struct Streaming : testing::Test {
  Streaming() {
    made.count = 10'000;
    made.symbols.resize(2);
    const auto file = directory.write("made.jsonl", made.lines());
    sim = std::make_unique<SimServer>(
        std::vector<std::string>{"--limits", "off", "--replay", "binance=" + file.string(), "--replay-pace", "recorded"});
    site = std::make_unique<Site>(sim->base_url());
    site->pipeline.store_plugin = store_of(server);
    site->pipeline.symbols = {"BTC/USDT", "ETH/USDT"};
    site->pipeline.backfill = false;
    site->pipeline.stream = "kinds: [trades]";
    // Candles of another connection, of the made-up market, whose truth can be asked for.
    site->pipeline.other_binances["market"] = market.base_url();
    Pipeline bars = site->pipeline;
    bars.name = "bars";
    bars.symbols = {"XRP/USDT"};
    bars.intervals = {"1s"};
    bars.sources = {"market"};
    bars.stream = "kinds: [candles]";
    site->others = {bars};
  }
  PrivatePostgres server;
  TempDir directory;
  MadeTape made;
  SimServer market;
  std::unique_ptr<SimServer> sim;
  std::unique_ptr<Site> site;
};

TEST_F(Streaming, LosesNoTradeAndNoCandleInTenCrashesOfTheServer) {
  LiveHost host(*site);
  const auto trades = [&] { return client_of(server).number("SELECT count(*) FROM trades"); };
  // The candles never end, whatever the tape does.
  const auto stored = [&] { return host.metric("tapedeck_postgres_ticks_total") + host.metric("tapedeck_postgres_rows_total"); };
  ASSERT_TRUE(wait_until([&] { return stored() > 0; }, 60s, 20)) << host.err();
  for (int crash = 0; crash < kCrashes; ++crash) {
    const double before = stored();
    ASSERT_TRUE(wait_until([&] { return stored() > before; }, 60s, 20)) << "crash " << crash << ": " << host.err();
    server.restart_immediately();
  }
  const auto expected = static_cast<std::int64_t>(made.count) * 2;
  ASSERT_TRUE(wait_until([&] { return trades() >= expected; }, 90s, 100)) << trades() << " of " << expected << "\n" << host.err();
  EXPECT_EQ(trades(), expected);
  EXPECT_EQ(client_of(server).rows("SELECT symbol, min(sequence), max(sequence), count(*) FROM trades GROUP BY symbol ORDER BY symbol"),
            (std::vector<std::string>{"BTC/USDT|1|" + std::to_string(made.count) + "|" + std::to_string(made.count),
                                      "ETH/USDT|1|" + std::to_string(made.count) + "|" + std::to_string(made.count)}));
  std::vector<Candle> found, truth;
  const auto equal = [&] {
    found = candles_of(client_of(server), "XRP/USDT", "1s");
    if (found.size() < 2) return false;
    truth = market.candles("XRPUSDT", "1s", found.front().open_ms, found.back().open_ms + 1000);
    return found == truth;
  };
  EXPECT_TRUE(wait_until(equal, 60s, 100)) << difference(found, truth);
  std::printf("%d crashes under a stream: %lld trades and %zu candles stored\n", kCrashes, static_cast<long long>(trades()), found.size());
  EXPECT_EQ(host.stop(30s), 0) << host.err();
}

}  // namespace
