// `tapedeck run` with streams: how it stops, changes its configuration, changes source and connection.
#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <csignal>
#include <cstdio>
#include <map>
#include <set>

#include "support/live_host.hpp"
#include "support/made_tape.hpp"
#include "support/sim_server.hpp"

using namespace tapedeck::integration;
using testing::HasSubstr;
using testing::Not;

namespace {

namespace json = boost::json;

struct Run : testing::Test {
  std::unique_ptr<SimServer> sim = std::make_unique<SimServer>();
  Site site{sim->base_url()};
  std::unique_ptr<LiveHost> host;

  void SetUp() override {
    site.pipeline.backfill = false;
    site.pipeline.stream = "kinds: [candles, trades, quotes]";
    site.pipeline.intervals = {"1s"};
  }
  void start() { host = std::make_unique<LiveHost>(site); }
  std::int64_t number(const std::string &sql) const {
    return std::filesystem::exists(site.store()) ? site.open_store().number(sql) : 0;
  }
  bool wait_for_trades(const std::string &where, Millis deadline = 60s) const {
    return wait_until([&] { return number("SELECT count(*) FROM trades WHERE " + where) > 0; }, deadline, 50);
  }
  bool wait_for_said(const std::string &text, Millis deadline = 60s) const {
    return wait_until([&] { return host->err().find(text) != std::string::npos; }, deadline, 20);
  }
  void reload() {
    site.command({"FILE"});  // writes it
    host->process().signal(SIGHUP);
  }
};

struct Reload : Run {};
struct Failover : Run {};
struct Lifetime : Run {};
struct TapOf : Run {};

using Ticks = std::set<std::pair<std::string, std::int64_t>>;  // kind and symbol, and the vendor's number

Ticks told_ticks(const WsClient &client) {
  Ticks out;
  for (const auto &message : client.messages()) {
    const auto value = json::parse(message.text);
    const std::string type(value.at("type").as_string());
    if (type == "trade" || type == "quote")
      out.emplace(type + " " + std::string(value.at("symbol").as_string()), value.at("sequence").as_int64());
  }
  return out;
}

constexpr const char *kTicks =
    "SELECT 'trade ' || symbol, sequence FROM trades UNION SELECT 'quote ' || symbol, sequence FROM quotes";

Ticks stored_ticks(const Site &site) {
  Ticks out;
  for (const auto &row : site.open_store().rows(kTicks))
    out.emplace(row.at(0), std::stoll(row.at(1)));
  return out;
}

struct Stop : Run {
  // `ready`: when to stop, given how many messages the client had when the store was locked.
  template <class Ready>
  void stop_while_locked(const char *what, Ready ready) {
    start();
    ASSERT_TRUE(wait_for_trades("1"));
    auto client = std::make_unique<WsClient>(host->port());
    client->send(R"({"action":"tap","pipeline":"majors","stage":"published"})");
    ASSERT_TRUE(client->wait_for([](const std::string &t) { return t.find("\"tapped\"") != std::string::npos; }));
    auto other = std::make_unique<SqliteFile>(site.store(), SQLITE_OPEN_READWRITE);
    other->execute("BEGIN IMMEDIATE");
    const std::size_t before = client->count();
    ASSERT_TRUE(wait_until([&] { return ready(*client, before); }))
        << host->err() << host->metric(R"(tapedeck_delivery_queue_rows{pipeline="majors"})") << " rows are queued";
    EXPECT_EQ(host->stop(), 0) << host->err();
    std::printf("SIGTERM with a locked store and %s: ended after %lld ms\n", what,
                static_cast<long long>(host->took_to_stop().count()));
    EXPECT_TRUE(wait_until([&] { return client->ended(); }));
    const Ticks told = told_ticks(*client);
    other.reset();
    sim.reset();  // what is lost stays lost
    ASSERT_GT(told.size(), 20u);
    EXPECT_GT(lost_of(told), 0u) << "nothing was left for the next start";
    start();
    EXPECT_TRUE(wait_until([&] { return lost_of(told) == 0; }, 60s, 50))
        << lost_of(told) << " of " << told.size() << " are lost: " << host->err();
  }
  std::size_t lost_of(const Ticks &told) const {
    const Ticks stored = stored_ticks(site);
    return static_cast<std::size_t>(std::count_if(told.begin(), told.end(), [&](const auto &t) { return !stored.contains(t); }));
  }
};

TEST_F(Stop, WithALockedStoreAndAClientTakesLessThanFiveSecondsAndLosesNothing) {
  stop_while_locked("the spool", [](const WsClient &client, std::size_t before) { return client.count() >= before + 60; });
  EXPECT_EQ(host->stop(), 0) << host->err();
}

// The store is away, the queue is full, and the connection's thread waits for room.
TEST_F(Stop, WithAQueueThatIsFullAndBlocksToo) {
  MadeTape made;
  made.count = 10'000;
  const auto file = site.write("made.jsonl", made.lines());
  sim = std::make_unique<SimServer>(
      std::vector<std::string>{"--limits", "off", "--replay", "binance=" + file.string(), "--replay-pace", "recorded"});
  site.pipeline.base_url = sim->base_url();
  site.pipeline.stream = "kinds: [trades, quotes]";
  site.pipeline.queue = "when_full: block, rows: 1000";
  site.pipeline.symbols = {"BTC/USDT", "ETH/USDT", "BNB/USDT", "SOL/USDT"};
  stop_while_locked("a full queue", [this](const WsClient &, std::size_t) {
    return host->metric(R"(tapedeck_delivery_queue_rows{pipeline="majors"})") >= 990;
  });
  EXPECT_EQ(host->stop(), 0) << host->err();
}

// Two vendors, so that each one's connections are told apart.
TEST_F(Reload, TouchesWhatIsChangedAndNothingElse) {
  SimServer second;
  site.pipeline.other_binances["second"] = second.base_url();
  Pipeline changed = site.pipeline;
  changed.name = "changed";
  changed.sources = {"second"};
  changed.symbols = {"ETH/USDT"};
  site.others = {changed};
  start();
  ASSERT_TRUE(wait_for_trades("symbol = 'BTC/USDT'") && wait_for_trades("symbol = 'ETH/USDT'"));
  ASSERT_EQ(sim->streams_opened(), 1u);

  site.others[0].symbols = {"ETH/USDT", "SOL/USDT"};
  Pipeline added = changed;
  added.name = "added";
  added.symbols = {"BNB/USDT"};
  site.others.push_back(added);
  reload();
  EXPECT_TRUE(wait_for_said("reloaded; started added; restarted changed; untouched majors")) << host->err();
  EXPECT_TRUE(wait_for_trades("symbol = 'SOL/USDT'"));
  EXPECT_TRUE(wait_for_trades("symbol = 'BNB/USDT'"));
  EXPECT_EQ(second.streams_opened(), 3u);  // the first one of `changed`, its second one, that of `added`

  site.others.erase(site.others.begin());
  reload();
  EXPECT_TRUE(wait_for_said("reloaded; stopped changed; untouched")) << host->err();
  EXPECT_TRUE(wait_until([&] { return second.streams_open() == 1; }));

  // All the time the one connection of what was left alone, and every trade of it.
  EXPECT_EQ(sim->streams_opened(), 1u);
  EXPECT_EQ(sim->streams_open(), 1u);
  EXPECT_EQ(host->stop(), 0) << host->err();
  EXPECT_EQ(number("SELECT max(sequence) - min(sequence) + 1 - count(*) FROM trades WHERE symbol = 'BTC/USDT'"), 0);
}

TEST_F(Reload, RefusesABrokenFileAndRunsOn) {
  start();
  ASSERT_TRUE(wait_for_trades("1"));
  std::string broken = yaml_of(site.pipeline);
  broken.replace(broken.find("    storage: store"), 18, "    storag: store!");
  site.write("pipeline.yaml", broken);
  host->process().signal(SIGHUP);
  EXPECT_TRUE(wait_for_said("the old one runs on")) << host->err();
  EXPECT_THAT(host->err(), HasSubstr("pipeline.yaml:11:5: unknown key"));
  EXPECT_THAT(host->err(), HasSubstr("storag"));
  const std::int64_t newest = number("SELECT max(sequence) FROM trades");
  EXPECT_TRUE(wait_for_trades("sequence > " + std::to_string(newest)));
  EXPECT_EQ(sim->streams_opened(), 1u);
  EXPECT_EQ(host->stop(), 0) << host->err();
}

TEST_F(TapOf, EachStageShowsWhatPasses) {
  start();
  site.pipeline.listen = "127.0.0.1:" + std::to_string(host->port());
  ASSERT_TRUE(wait_for_trades("1"));
  for (const std::string stage : {"received", "published", "stored"}) {
    const auto said = site.tapedeck({"tap", "FILE", "--pipeline", "majors", "--stage", stage, "--count", "5"});
    EXPECT_EQ(said.exit_code, 0) << said.err;
    const auto lines = lines_of(said.out);
    ASSERT_EQ(lines.size(), 5u) << stage << said.err;
    for (const auto &line : lines) {
      EXPECT_THAT(line, HasSubstr(R"("stage":")" + stage + R"(","pipeline":"majors"})"));
      EXPECT_EQ(json::parse(line).at("symbol").as_string(), "BTC/USDT");
    }
  }
  EXPECT_EQ(host->stop(), 0) << host->err();
}

TEST_F(Failover, GoesToTheSecondSourceAndComesBack) {
  SimServer second;
  site.pipeline.other_binances["second"] = second.base_url();
  site.pipeline.sources = {"binance", "second"};
  start();
  ASSERT_TRUE(wait_for_trades("source = 'binance'"));
  EXPECT_EQ(second.streams_opened(), 0u);

  const std::uint16_t port = sim->port();
  sim.reset();
  ASSERT_TRUE(wait_for_trades("source = 'second'", 30s)) << host->err();
  WsClient client(host->port());
  client.send(R"({"action":"subscribe","symbol":"BTC/USDT","channel":"trades"})");
  const auto from = [](const std::string &source) {
    return [&source](const std::string &t) {
      return t.find(R"("type":"trade")") != std::string::npos && t.find(R"("source":")" + source + "\"") != std::string::npos;
    };
  };
  const std::string names[] = {"binance", "second"};
  EXPECT_TRUE(client.wait_for(from(names[1])));

  const auto back = std::chrono::steady_clock::now();
  sim = std::make_unique<SimServer>(std::vector<std::string>{"--limits", "off"}, port);
  const auto returned = client.wait_for(from(names[0]), 30s, back);
  ASSERT_TRUE(returned) << host->err();
  std::printf("the preferred source counts again %lld ms after its return\n",
              static_cast<long long>(std::chrono::duration_cast<Millis>(returned->at - back).count()));
  EXPECT_TRUE(wait_until([&] { return second.streams_open() == 0; })) << "the second connection is left open";
  EXPECT_EQ(host->stop(), 0) << host->err();
}

// Every trade from the first to the last, and every second.
void expect_no_hole(const Site &site) {
  auto store = site.open_store();
  EXPECT_GT(store.number("SELECT count(*) FROM trades"), 5) << "as many as the made-up market has at this hour";
  EXPECT_EQ(store.number("SELECT max(sequence) - min(sequence) + 1 - count(*) FROM trades"), 0);
  const auto candles = store.candles("BTC/USDT", "1s");
  ASSERT_GT(candles.size(), 5u);
  EXPECT_EQ((candles.back().open_ms - candles.front().open_ms) / 1000 + 1, static_cast<std::int64_t>(candles.size()));
}

TEST_F(Lifetime, AShortOneLeadsToAnotherConnectionWithoutAHole) {
  sim->set_stream_life(20s);
  site.pipeline.plugin_options = ", stream_life: 6s";
  start();
  EXPECT_TRUE(wait_until([&] { return sim->streams_opened() >= 3; }, 30s)) << host->err();
  ASSERT_EQ(host->stop(), 0) << host->err();
  EXPECT_FALSE(sim->streams_ended().contains("life")) << "the vendor had to end one: " << host->err();
  EXPECT_THAT(host->err(), Not(HasSubstr("reconnecting")));
  expect_no_hole(site);
}

TEST_F(Lifetime, AServerThatSaysItWillShutDownIsLeftInTime) {
  start();
  ASSERT_TRUE(wait_for_trades("1"));
  sim->fault(R"("kind":"server_shutdown","now":true,"delay_ms":4000)");
  EXPECT_TRUE(wait_until([&] { return sim->streams_opened() == 2; })) << host->err();
  EXPECT_TRUE(wait_until([&] { return sim->streams_open() == 1; })) << host->err();
  const std::int64_t newest = number("SELECT max(sequence) FROM trades");
  EXPECT_TRUE(wait_for_trades("sequence > " + std::to_string(newest) + " + 10", 60s));
  EXPECT_TRUE(wait_until([&] { return site.open_store().candles("BTC/USDT", "1s").size() > 5; }, 60s, 50));
  ASSERT_EQ(host->stop(), 0) << host->err();
  EXPECT_THAT(host->err(), Not(HasSubstr("reconnecting")));
  expect_no_hole(site);
}

}  // namespace
