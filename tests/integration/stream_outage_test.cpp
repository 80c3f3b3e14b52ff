// The store is locked while a thousand messages a second come in: nothing is lost, whatever happens to the host.
#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <cstdio>
#include <map>
#include <set>

#include "support/live_host.hpp"
#include "support/long_tests.hpp"
#include "support/made_tape.hpp"
#include "support/sim_server.hpp"

using namespace tapedeck::integration;

namespace {

namespace json = boost::json;

constexpr double kMemory = 300;  // MiB, a sanitizer's share among them
const std::vector<std::string> kSymbols = {"BTC/USDT", "ETH/USDT", "BNB/USDT", "SOL/USDT"};

using Numbers = std::map<std::string, std::set<std::int64_t>>;  // of trades, by symbol

Numbers stored_trades(const Site &site) {
  Numbers out;
  for (const auto &row : site.open_store().rows("SELECT symbol, sequence FROM trades WHERE source = 'binance'"))
    out[row.at(0)].insert(std::stoll(row.at(1)));
  return out;
}

// What a tap has brought, in its order.
std::vector<std::pair<std::string, std::int64_t>> tapped_trades(const WsClient &tap) {
  std::vector<std::pair<std::string, std::int64_t>> out;
  for (const auto &message : tap.messages()) {
    const auto value = json::parse(message.text);
    const auto &o = value.as_object();
    if (o.at("type").as_string() == "trade")
      out.emplace_back(std::string(o.at("symbol").as_string()), o.at("sequence").as_int64());
  }
  return out;
}

// Another program that writes to the same file, and takes its time.
class Locked {
 public:
  explicit Locked(const Site &site) : other_(site.store(), SQLITE_OPEN_READWRITE) { other_.execute("BEGIN IMMEDIATE"); }

 private:
  SqliteFile other_;  // closing it rolls back
};

struct Outage : testing::Test {
  explicit Outage(Millis lock) : lock_time(lock) {
    MadeTape made;
    made.count = (lock + 8s).count() * made.per_second / 1000 / static_cast<std::int64_t>(made.symbols.size());
    count = made.count;
    const auto file = directory.write("made.jsonl", made.lines());
    sim = std::make_unique<SimServer>(
        std::vector<std::string>{"--limits", "off", "--replay", "binance=" + file.string(), "--replay-pace", "recorded"});
    site = std::make_unique<Site>(sim->base_url());
    site->pipeline.symbols = kSymbols;
    site->pipeline.backfill = false;
    site->pipeline.stream = "kinds: [trades]";
  }

  double ticks() const { return host->metric(R"(tapedeck_stream_ticks_total{pipeline="majors"})"); }
  // On disk, in the store or in the spool, at least so many.
  double settled() const {
    return host->metric(R"(tapedeck_delivered_total{pipeline="majors",kind="tick"})") +
           host->metric(R"(tapedeck_spooled_total{pipeline="majors"})");
  }
  double spool() const { return host->metric(R"(tapedeck_spool_bytes{pipeline="majors"})"); }
  std::int64_t trades_stored() const { return site->open_store().number("SELECT count(*) FROM trades"); }
  void start() {
    host = std::make_unique<LiveHost>(*site);
    tap = std::make_unique<WsClient>(host->port());
    tap->send(R"({"action":"tap","pipeline":"majors","stage":"published"})");
    // The store has what came at once: it is made, and the stream flows.
    ASSERT_TRUE(wait_until([this] { return std::filesystem::exists(site->store()) && trades_stored() > 0; }, 60s, 50));
  }

  const Millis lock_time;
  std::int64_t count = 0;  // of each symbol
  TempDir directory;
  std::unique_ptr<SimServer> sim;
  std::unique_ptr<Site> site;
  std::unique_ptr<LiveHost> host;
  std::unique_ptr<WsClient> tap;
};

struct LongLock : Outage {
  LongLock() : Outage(long_tests() ? 60s : 12s) {}
};
struct KilledInIt : Outage {
  KilledInIt() : Outage(6s) {}
};

TEST_F(LongLock, LosesNothingAndKeepsItsMemory) {
  start();
  const double before = host->memory();
  double most = before;
  {
    const Locked lock(*site);
    wait_until([&] {
      most = std::max(most, host->memory());
      return false;
    }, lock_time, 100);
    EXPECT_GT(spool(), 0);
  }
  const std::int64_t expected = count * static_cast<std::int64_t>(kSymbols.size());
  EXPECT_TRUE(wait_until([&] { return trades_stored() >= expected && spool() == 0; }, 40s, 100)) << host->err();
  std::printf("locked for %lld s at 1,000 messages/s: %lld trades; memory %.0f MiB before, %.0f MiB at most\n",
              static_cast<long long>(lock_time.count() / 1000), static_cast<long long>(expected), before, std::max(most, host->memory()));
  EXPECT_LT(most, kMemory);

  const Numbers stored = stored_trades(*site);
  for (const auto &symbol : kSymbols) {
    ASSERT_TRUE(stored.contains(symbol));
    EXPECT_EQ(stored.at(symbol).size(), static_cast<std::size_t>(count)) << symbol;
    EXPECT_EQ(*stored.at(symbol).begin(), 1);
    EXPECT_EQ(*stored.at(symbol).rbegin(), count);
  }
  const auto told = tapped_trades(*tap);
  EXPECT_GT(told.size(), static_cast<std::size_t>(expected) * 9 / 10);
  for (const auto &[symbol, number] : told) ASSERT_TRUE(stored.at(symbol).contains(number)) << symbol << " " << number;
  EXPECT_EQ(host->stop(), 0) << host->err();
}

TEST_F(KilledInIt, KeepsWhatItHadAcknowledged) {
  // Candles of another connection, of the made-up market, for the repair afterwards.
  SimServer market;
  site->pipeline.other_binances["market"] = market.base_url();
  Pipeline bars = site->pipeline;
  bars.name = "bars";
  bars.symbols = {"XRP/USDT", "ADA/USDT"};
  bars.intervals = {"1s", "1m"};
  bars.sources = {"market"};
  bars.stream = "kinds: [candles]";
  site->others = {bars};
  start();
  ASSERT_TRUE(wait_until([&] { return site->open_store().candles("XRP/USDT", "1s").size() > 1; }));

  auto lock = std::make_unique<Locked>(*site);
  ASSERT_TRUE(wait_until([&] { return spool() > 0; })) << host->err();
  wait_until([] { return false; }, lock_time / 2);  // some thousand go to the spool alone
  const double received = ticks();
  ASSERT_TRUE(wait_until([&] { return settled() >= received; }));
  host->process().kill();
  const auto told = tapped_trades(*tap);
  const auto acknowledged = static_cast<std::size_t>(received);
  ASSERT_GE(told.size() + kSymbols.size(), acknowledged);
  tap.reset();
  sim.reset();  // what is not on this disk will not come again
  lock.reset();

  host = std::make_unique<LiveHost>(*site);
  ASSERT_TRUE(wait_until([&] { return trades_stored() >= static_cast<std::int64_t>(received) && spool() == 0; }, 60s, 50)) << host->err();
  const Numbers stored = stored_trades(*site);
  std::size_t kept = 0;
  for (const auto &symbol : kSymbols) {
    kept += stored.at(symbol).size();
    // Numbered from 1 on, in their order: the oldest ones, without a hole among them.
    EXPECT_EQ(*stored.at(symbol).rbegin(), static_cast<std::int64_t>(stored.at(symbol).size())) << symbol;
  }
  std::printf("killed in the middle of it: %zu acknowledged, %zu published, %zu stored afterwards\n", acknowledged, told.size(), kept);
  EXPECT_GE(kept, acknowledged);

  // The candles go on, and what the dead host missed is asked for.
  const auto newest = [&] {
    const auto candles = site->open_store().candles("XRP/USDT", "1s");
    return candles.empty() ? 0 : candles.back().open_ms;
  };
  const std::int64_t since = newest();
  ASSERT_TRUE(wait_until([&] { return newest() >= since + 5000; }, 60s, 50));
  for (const std::string symbol : {"XRP/USDT", "ADA/USDT"}) {
    std::vector<Candle> found, expected;
    const auto equal = [&] {
      found = site->open_store().candles(symbol, "1s");
      expected = market.candles(symbol.substr(0, 3) + "USDT", "1s", found.front().open_ms, found.back().open_ms + 1000);
      return found == expected;
    };
    EXPECT_TRUE(wait_until(equal, 60s, 100)) << symbol << ": " << difference(found, expected);
  }
  EXPECT_EQ(host->stop(), 0) << host->err();
}

}  // namespace
