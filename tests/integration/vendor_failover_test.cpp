// One instrument from two vendors: Polygon dies in mid-stream, OANDA takes over, and Polygon gets it back.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>
#include <set>

#include "support/long_tests.hpp"
#include "support/process.hpp"
#include "support/sim_server.hpp"
#include "support/site.hpp"
#include "support/wait_until.hpp"
#include "support/ws_client.hpp"

using namespace tapedeck::integration;

namespace {

constexpr std::int64_t kMinuteMs = 60'000;

std::int64_t now_ms() {
  return std::chrono::duration_cast<Millis>(std::chrono::system_clock::now().time_since_epoch()).count();  // as the programs do
}

std::string five_decimals(std::int64_t units) {
  std::string text = std::to_string(units);
  return text.insert(text.size() - 5, ".");
}

// A market of our own, which is open today too: Polygon's minutes move around 1.15000, OANDA's ticks around 1.20000, so
// that nobody takes one for the other.
std::string minutes_around(std::int64_t now) {
  std::string out = "time_ms,open,high,low,close,volume\n";
  for (std::int64_t t = now - now % kMinuteMs - 180 * kMinuteMs; t < now + 60 * kMinuteMs; t += kMinuteMs) {
    const std::int64_t open = 115'000 + t / kMinuteMs % 7;
    out += std::to_string(t) + "," + five_decimals(open) + "," + five_decimals(open + 9) + "," + five_decimals(open - 8) + "," +
           five_decimals(open + 3) + ",5000000\n";
  }
  return out;
}

std::string ticks_around(std::int64_t now) {
  std::string out = "time,bid,ask\n";
  for (std::int64_t t = now - now % 1000 - 60 * kMinuteMs; t < now + 30 * kMinuteMs; t += 500) {
    const std::int64_t bid = 120'000 + t / 500 % 11;
    out += std::to_string(t) + "," + five_decimals(bid) + "," + five_decimals(bid + 2) + "\n";
  }
  return out;
}

class VendorFailover : public testing::Test {
 protected:
  TempDir files;
  const std::int64_t began = now_ms();
  SimServer sim{{"--limits", "off", "--csv", "polygon:EURUSD:1m=" + files.write("minutes.csv", minutes_around(began)).string(),
                 "--ticks", "oanda:EURUSD=" + files.write("ticks.csv", ticks_around(began)).string()}};
  Site site{sim.base_url()};
  std::unique_ptr<Process> host;
  std::unique_ptr<WsClient> client;

  std::string config() const {
    const std::string at = "127.0.0.1:" + std::to_string(sim.port());
    return "version: 1\n"
           "plugins:\n"
           "  polygon: { module: polygon, options: { api_key: \"${env:KEY}\", base_url: \"http://" + at +
           "/polygon\", ws_url: \"ws://" + at + "/polygon\", plan: starter } }\n" +
           "  oanda: { module: oanda, options: { token: \"${env:KEY}\", base_url: \"http://" + at + "/oanda\" } }\n" +
           "  store: { module: sqlite, options: { path: \"" + site.store().string() + "\" } }\n" +
           "api: { listen: \"127.0.0.1:0\" }\n"
           "pipelines:\n"
           "  - { name: fx, symbols: [\"C:EURUSD\"], intervals: [1m], sources: [polygon, oanda], storage: store, " +
           "stream: { kinds: [candles, quotes], stale_after: 20s } }\n";
  }
  void start() {
    Command c = site.command({"run", site.write("fx.yaml", config()).string()});
    c.environment["KEY"] = "key-of-both";
    host = std::make_unique<Process>(c);
    const std::string serving = "serving http://127.0.0.1:";
    // It serves before the pipeline runs, whose symbols nobody knows until then.
    ASSERT_TRUE(wait_until([&] { return host->err().find("started fx") != std::string::npos; }, 60s)) << host->err();
    const std::string said = host->err();
    client = std::make_unique<WsClient>(static_cast<std::uint16_t>(std::stoi(said.substr(said.find(serving) + serving.size()))));
    client->send(R"({"action":"subscribe","symbol":"EUR_USD","channel":"quotes"})");
  }
  // How long it took until a quote of `source` came; nothing: it did not.
  std::optional<Millis> wait_for(const std::string &source, WsClient::Moment since = {}) const {
    const auto came = client->wait_for(
        [&](const std::string &t) {
          return t.find("\"quote\"") != std::string::npos && t.find("\"source\":\"" + source + "\"") != std::string::npos;
        },
        90s, since);
    return came ? std::optional(std::chrono::duration_cast<Millis>(came->at - since)) : std::nullopt;
  }
  void kill_polygon() const {
    sim.fault(R"("kind":"refuse","status":503,"count":-1)", "polygon");
    sim.fault(R"("kind":"status","status":503,"count":-1,"path":"/v")", "polygon");
    sim.fault(R"("kind":"mass_reconnect","now":true)", "polygon");
  }
  int times_said(const std::string &what) const {
    const std::string said = host->err();
    int out = 0;
    for (std::size_t at = said.find(what); at != said.npos; at = said.find(what, at + 1)) ++out;
    return out;
  }
  void stop() {
    host->signal(SIGTERM);
    EXPECT_EQ(host->wait(60s), 0) << host->err();
  }
  // Polygon dies and comes back after `away`; then a while more.
  void die_and_come_back(Millis away) {
    const auto died = std::chrono::steady_clock::now();
    kill_polygon();
    const auto taken_over = wait_for("oanda", died);
    ASSERT_TRUE(taken_over) << host->err();
    wait_until([&] { return std::chrono::steady_clock::now() - died > away; }, away + 10s, 100);
    const auto returned = std::chrono::steady_clock::now();
    sim.clear_faults();
    const auto given_back = wait_for("polygon", returned);
    ASSERT_TRUE(given_back) << host->err();
    std::printf("OANDA took over after %lld ms, Polygon has it back %lld ms after its return\n",
                static_cast<long long>(taken_over->count()), static_cast<long long>(given_back->count()));
  }
};

TEST_F(VendorFailover, OandaTakesOverAndPolygonGetsItBack) {
  ASSERT_NO_FATAL_FAILURE(start());
  ASSERT_TRUE(wait_for("polygon")) << host->err();
  ASSERT_NO_FATAL_FAILURE(die_and_come_back(5s));
  stop();
  EXPECT_LE(times_said("polygon beside oanda"), 2) << "an outage is said once, not with each try\n" << host->err();
  auto store = site.open_store();
  EXPECT_GT(store.number("SELECT count(*) FROM quotes WHERE source = 'polygon' AND bid LIKE '1.1%'"), 0);
  EXPECT_GT(store.number("SELECT count(*) FROM quotes WHERE source = 'oanda' AND bid LIKE '1.2%'"), 0);
  EXPECT_EQ(store.number("SELECT count(*) FROM quotes WHERE (source = 'oanda') <> (bid LIKE '1.2%')"), 0);
}

// The candles of it, which take minutes.
TEST_F(VendorFailover, NoMinuteIsMissing) {
  if (!long_tests()) GTEST_SKIP() << "takes five minutes; ./check --long does it";
  ASSERT_NO_FATAL_FAILURE(start());
  ASSERT_TRUE(wait_for("polygon")) << host->err();
  std::int64_t from = 0;
  const auto candles = [&] { return std::filesystem::exists(site.store()) ? site.open_store().number("SELECT count(*) FROM market_data") : 0; };
  ASSERT_TRUE(wait_until([&] { return candles() >= 1; }, 150s, 200)) << host->err();
  ASSERT_NO_FATAL_FAILURE(die_and_come_back(100s));
  ASSERT_TRUE(wait_until([&] { return candles() >= 5; }, 200s, 200)) << host->err();
  stop();
  std::set<std::string> sources;
  for (const auto &row : site.open_store().rows("SELECT strftime('%s', time), source, open FROM market_data WHERE price_type = 'mid' ORDER BY time")) {
    const std::int64_t time = std::stoll(row.at(0));
    EXPECT_TRUE(from == 0 || time == from + 60) << "a minute is missing before " << row.at(0);
    from = time;
    sources.insert(row.at(1));
    EXPECT_EQ(row.at(1) == "oanda", row.at(2).starts_with("1.2")) << row.at(1) << " " << row.at(2);
  }
  EXPECT_EQ(sources, (std::set<std::string>{"oanda", "polygon"}));
}

}  // namespace
