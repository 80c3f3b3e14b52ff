// Recorded ticks of OANDA, streamed and asked for by the real programs: the store holds the recorded minutes of bid and
// ask, exactly.
#include <gtest/gtest.h>

#include <csignal>
#include <iostream>

#include "support/candle.hpp"
#include "support/http.hpp"
#include "support/process.hpp"
#include "support/recorded_quotes.hpp"
#include "support/sim_server.hpp"
#include "support/site.hpp"
#include "support/wait_until.hpp"

using namespace tapedeck::integration;

namespace {

class OandaRun : public testing::TestWithParam<QuoteRecording> {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(GetParam().tick_file()))
      GTEST_SKIP() << "no recorded ticks at " << GetParam().tick_file() << "; set TAPEDECK_SHARED";
  }
  static std::vector<std::string> simulator_options() {
    return {"--start",  "2014-06-01T00:00:00Z", "--speed", "0", "--replay-pace", "fast", "--ticks",
            "oanda:" + GetParam().vendor_symbol() + "=" + GetParam().tick_file().string()};
  }
  // `more`: the pipeline's backfill or stream.
  static std::string config(const SimServer &sim, const Site &site, const std::string &more) {
    return "version: 1\n"
           "plugins:\n"
           "  oanda: { module: oanda, options: { token: \"${env:OANDA_TOKEN}\", base_url: \"http://127.0.0.1:" +
           std::to_string(sim.port()) + "/oanda\" } }\n" +
           "  store: { module: sqlite, options: { path: \"" + site.store().string() + "\" } }\n" +
           "api: { listen: \"127.0.0.1:0\" }\n"
           "pipelines:\n"
           "  - { name: fx, symbols: [" + GetParam().symbol + "], intervals: [1m], price: [bid, ask], sources: [oanda], " +
           "storage: store, " + more + " }\n";
  }
  static Command command(const Site &site, std::vector<std::string> arguments) {
    Command c = site.command(std::move(arguments));
    c.environment["OANDA_TOKEN"] = "practice-token";
    return c;
  }
  static QuoteMinutes stored(const Site &site, const std::string &price_type) {
    QuoteMinutes out;
    const std::string sql = "SELECT time, open, high, low, close FROM market_data WHERE time < '2015' AND price_type = '" +
                            price_type + "'";
    for (const auto &row : site.open_store().rows(sql)) {
      QuotePrices prices{};
      for (std::size_t i = 0; i < prices.size(); ++i) prices[i] = units_of(row.at(i + 1));
      EXPECT_TRUE(out.emplace(row.at(0), prices).second) << row.at(0) << " is there twice";
    }
    return out;
  }
  // Until all of the recording has gone through the live pipeline into the store.
  static void stream_all(const Site &site, const std::string &file) {
    Process host(command(site, {"run", file}));
    const std::string serving = "serving http://127.0.0.1:";
    ASSERT_TRUE(wait_until([&] { return host.err().find(serving) != std::string::npos; })) << host.err();
    const std::string said = host.err();
    const auto port = static_cast<std::uint16_t>(std::stoi(said.substr(said.find(serving) + serving.size())));
    const std::string last = read_minutes(GetParam()).bid.rbegin()->first;
    const auto all_there = [&] {
      const std::string ticks = "tapedeck_stream_ticks_total{pipeline=\"fx\"} " + std::to_string(GetParam().tick_count);
      return http_get(port, "/metrics").body.find(ticks) != std::string::npos &&
             site.open_store().number("SELECT count(*) FROM market_data WHERE time = '" + last + "'") == 2;
    };
    EXPECT_TRUE(wait_until(all_there, std::chrono::seconds(150), 200)) << host.err();
    host.signal(SIGTERM);
    EXPECT_EQ(host.wait(std::chrono::seconds(20)), 0) << host.err();
  }
};

// What is streamed as fast as it is taken has hours and days between two ticks that come at once: the host does not believe
// the first of them, and leaves the slots beside it, as it does that of the beginning, to be asked for.
TEST_P(OandaRun, TheStoreHoldsTheRecordedMinutes) {
  const auto expected = read_minutes(GetParam());
  SimServer sim(simulator_options());
  Site site(sim.base_url());
  stream_all(site, site.write("live.yaml", config(sim, site, "stream: { kinds: [candles], store_ticks: false, stale_after: 60s }")).string());
  const std::size_t bid = stored(site, "bid").size(), ask = stored(site, "ask").size();
  EXPECT_GE(bid * 100, expected.bid.size() * 98);
  EXPECT_GE(ask * 100, expected.ask.size() * 98);
  const auto file = site.write("backfill.yaml", config(sim, site, "backfill: { since: \"2014-05-01\", until: \"2014-05-16\" }"));
  const Outcome filled = run(command(site, {"backfill", file.string()}), std::chrono::seconds(240));
  EXPECT_EQ(filled.exit_code, 0) << filled.out << filled.err;
  const std::size_t wrong = count_differing(stored(site, "bid"), expected.bid) + count_differing(stored(site, "ask"), expected.ask);
  EXPECT_EQ(wrong, 0u);
  std::cout << GetParam().symbol << ": of " << expected.bid.size() << " minutes " << bid << " bid and " << ask
            << " ask were built of the stream, the others asked for; " << wrong << " differ from the recorded ones\n";
}

INSTANTIATE_TEST_SUITE_P(, OandaRun, testing::Values(eur_usd_2014(), xau_usd_2014()),
                         [](const auto &p) { return p.param.vendor_symbol(); });

}  // namespace
