// Events from the store to Kafka: every one at least once, of each key in order, whatever happens to broker and host.
#include <gmock/gmock.h>

#include <algorithm>
#include <boost/json.hpp>
#include <csignal>
#include <map>
#include <set>

#include "kcat_reader.hpp"
#include "mock_broker.hpp"
#include "postgres_client.hpp"
#include "private_postgres.hpp"
#include "support/live_host.hpp"
#include "support/long_tests.hpp"
#include "support/made_tape.hpp"
#include "support/sim_server.hpp"

using namespace tapedeck::integration;
using tapedeck::testing_kafka::KafkaMessage;
using tapedeck::testing_kafka::MockBroker;
using tapedeck::testing_kafka::read_topic;
using testing::HasSubstr;
using testing::Not;

namespace {

namespace json = boost::json;

json::object data_of(const KafkaMessage &m) { return json::parse(m.payload).as_object().at("data").as_object(); }

std::string text(const json::object &o, const char *key) { return std::string(o.at(key).as_string()); }

struct Publishing : testing::Test {
  Publishing() {
    // A sanitised host on a busy machine is slow: nothing may end by a time-out.
    site.pipeline.bus_plugin = bus();
    site.pipeline.publishes = true;
  }
  std::string bus(const std::string &more = "") const {
    return "{ module: kafka, options: { brokers: \"" + broker.bootstrap() + "\"" + more + " } }";
  }
  std::vector<KafkaMessage> messages(const std::string &type) const { return read_topic(broker.bootstrap(), "market.data." + type); }

  // What tells the events of a key apart, in the order of their first arrival.
  std::map<std::string, std::vector<std::string>> first_arrivals(const std::string &type, const char *field) const {
    std::map<std::string, std::vector<std::string>> out;
    std::set<std::pair<std::string, std::string>> seen;
    for (const auto &m : messages(type)) {
      const std::string what = json::serialize(data_of(m).at(field));
      if (seen.insert({m.key, what}).second) out[m.key].push_back(what);
    }
    return out;
  }
  std::size_t candles_arrived() const {  // different ones
    std::size_t out = 0;
    for (const auto &[key, all] : first_arrivals("candle", "open_time")) out += all.size();
    return out;
  }
  std::int64_t waiting() const { return site.open_store().number("SELECT count(*) FROM outbox"); }
  bool drained() const {
    return wait_until([this] { return waiting() == 0; }, 120s, 50);
  }
  // Open times as they stand in the events.
  std::vector<std::string> stored_times(const std::string &symbol) const {
    std::vector<std::string> out;
    for (const auto &row : site.open_store().rows("SELECT strftime('%Y-%m-%dT%H:%M:%SZ', time) FROM market_data WHERE symbol = '" + symbol +
                                                  "' AND timeframe = '1m' ORDER BY time"))
      out.push_back("\"" + row.at(0) + "\"");
    return out;
  }
  void expect_every_candle(const std::vector<std::string> &symbols) const {
    const auto arrived = first_arrivals("candle", "open_time");
    ASSERT_EQ(arrived.size(), symbols.size());
    for (const auto &symbol : symbols) {
      const auto stored = stored_times(symbol);
      EXPECT_FALSE(stored.empty());
      EXPECT_TRUE(arrived.at(symbol + " 1m") == stored) << symbol << ": " << arrived.at(symbol + " 1m").size() << " of " << stored.size();
    }
  }

  MockBroker broker;
  SimServer sim;
  Site site{sim.base_url()};
};

TEST_F(Publishing, ABackfillPublishesEveryCandleAsItIsStored) {
  site.pipeline.symbols = {"BTC/USDT", "ETH/USDT"};
  const auto done = site.backfill();
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.err, Not(HasSubstr("events wait")));
  expect_every_candle({"BTC/USDT", "ETH/USDT"});
  EXPECT_EQ(waiting(), 0);

  const KafkaMessage first = messages("candle").front();
  const auto event = json::parse(first.payload).as_object();
  EXPECT_EQ(event.at("schema_version").as_int64(), 1);
  EXPECT_EQ(text(event, "event_type"), "candle");
  EXPECT_EQ(text(event, "source"), "binance");
  EXPECT_EQ(text(event, "symbol") + " 1m", first.key);
  const auto query = site.tapedeck({"query", "FILE", "--symbol", text(event, "symbol"), "--interval", "1m", "--from", text(event, "timestamp"),
                                    "--format", "ndjson"});
  const auto stored = json::parse(lines_of(query.out).at(0)).as_object();
  for (const char *price : {"open", "high", "low", "close", "volume"})
    EXPECT_EQ(data_of(first).at(price), stored.at(price)) << price;

  const auto before = messages("candle").size();
  EXPECT_EQ(site.backfill().exit_code, 0);
  EXPECT_EQ(messages("candle").size(), before) << "what is stored already is no event";
}

TEST_F(Publishing, WhileTheBrokerIsDownABackfillGoesOnAndRunSendsTheRest) {
  broker.topic("market.data.candle", 4);
  broker.down();
  const auto done = site.backfill();
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("events wait in store for bus: "));
  EXPECT_EQ(waiting(), 2 * 1440);
  const auto listed = site.tapedeck({"outbox", "list", "FILE", "--limit", "3"});
  EXPECT_EQ(listed.exit_code, 0) << listed.err;
  EXPECT_THAT(listed.out, HasSubstr("bus in store: 2,880 waiting, the oldest since "));
  EXPECT_THAT(listed.err, HasSubstr("there are more than 3"));
  Pipeline other = site.pipeline;
  other.store_plugin = "module: sqlite, options: { path: \"" + (site.directory() / "other.db").string() + "\" }";
  const auto copied = site.tapedeck({"copy", "--from", "FILE", "--to", site.write("other.yaml", yaml_of(other)).string()});
  EXPECT_EQ(copied.exit_code, 0) << copied.err;
  EXPECT_THAT(copied.err, HasSubstr("for bus, 2880 events wait in it and 0 are dead letters"));
  broker.up();
  LiveHost host(site);
  EXPECT_TRUE(drained()) << host.err();
  EXPECT_EQ(host.stop(60s), 0) << host.err();
  expect_every_candle({"BTC/USDT"});
}

TEST_F(Publishing, AStoreOnPostgresKeepsItsEventsUntilTheyAreSent) {
  const tapedeck::servers::PrivatePostgres server;
  site.pipeline.store_plugin = "module: postgres, options: { host: \"" + server.directory().string() + "\", port: " +
                               std::to_string(server.port()) + ", database: postgres, user: postgres }";
  broker.topic("market.data.candle", 4);
  broker.down();
  const auto done = site.backfill();
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("events wait in store for bus: "));
  EXPECT_THAT(site.tapedeck({"outbox", "list", "FILE", "--limit", "3"}).out, HasSubstr("bus in store: 2,880 waiting"));
  broker.up();
  LiveHost host(site);
  const auto drained = [&] { return site.tapedeck({"outbox", "list", "FILE"}).out.find("waiting") == std::string::npos; };
  EXPECT_TRUE(wait_until(drained, 120s, 500)) << host.err();
  EXPECT_EQ(host.stop(60s), 0) << host.err();
  EXPECT_EQ(candles_arrived(), 2 * 1440u);
  for (const auto &[key, times] : first_arrivals("candle", "open_time")) EXPECT_TRUE(std::is_sorted(times.begin(), times.end())) << key;
}

// Killed when some of it is there, and again; the claim of the dead one runs out.
TEST_F(Publishing, AHostThatIsKilledWhileItSendsLosesNothing) {
  site.pipeline.until = "2024-01-08";
  broker.topic("market.data.candle", 4);
  broker.down();
  ASSERT_EQ(site.backfill().exit_code, 0);
  broker.up();
  for (int i = 0; i < (long_tests() ? 4 : 1); ++i) {
    LiveHost host(site);
    EXPECT_TRUE(wait_until([&] { return waiting() == 0 || host.metric("tapedeck_outbox_published_total") > 0; }, 120s, 1)) << host.err();
    host.process().kill();
  }
  const LiveHost host(site);
  EXPECT_TRUE(drained()) << host.err();
  expect_every_candle({"BTC/USDT"});
}

struct PublishedStream : Publishing {
  PublishedStream() {
    MadeTape made;
    made.symbols = {"BTCUSDT", "ETHUSDT"};
    made.per_second = 100;
    made.count = (down_for + 8s).count() * made.per_second / 1000 / 2;
    count = made.count;
    const auto file = directory.write("made.jsonl", made.lines());
    tape = std::make_unique<SimServer>(
        std::vector<std::string>{"--limits", "off", "--replay", "binance=" + file.string(), "--replay-pace", "recorded"});
    site.pipeline.base_url = tape->base_url();
    site.pipeline.symbols = {"BTC/USDT", "ETH/USDT"};
    site.pipeline.backfill = false;
    site.pipeline.stream = "kinds: [trades]";
  }
  const Millis down_for = long_tests() ? 60s : 6s;
  std::int64_t count = 0;  // of each symbol
  TempDir directory;
  std::unique_ptr<SimServer> tape;
};

TEST_F(PublishedStream, TheBrokerGoesAndComesBackAndEveryEventArrivesInOrder) {
  LiveHost host(site);
  EXPECT_TRUE(wait_until([&] { return !messages("tick").empty(); }, 120s, 100)) << host.err();
  broker.down();
  const auto trades = [&] { return site.open_store().number("SELECT count(*) FROM trades"); };
  const auto before = trades();
  wait_until([] { return false; }, down_for, 100);
  EXPECT_TRUE(wait_until([&] { return trades() > before && waiting() > 0; })) << "the pipeline goes on\n" << host.err();
  broker.up();
  EXPECT_TRUE(wait_until([&] { return trades() == 2 * count; }, 240s, 100)) << trades() << " of " << 2 * count;
  EXPECT_TRUE(drained()) << host.err();
  const auto arrived = first_arrivals("tick", "sequence");
  for (const std::string symbol : {"BTC/USDT", "ETH/USDT"}) {
    std::vector<std::string> expected;
    for (std::int64_t i = 1; i <= count; ++i) expected.push_back(std::to_string(i));
    EXPECT_EQ(arrived.at(symbol), expected) << symbol;
  }
  EXPECT_EQ(host.stop(60s), 0) << host.err();
  // In a short one the sink finds the broker again before it gives up.
  if (long_tests()) {
    EXPECT_THAT(host.err(), HasSubstr("publishing to bus goes on after "));
  }
  std::set<std::string> states;
  for (const auto &m : messages("source")) {
    EXPECT_EQ(m.key, "binance");
    states.insert(text(data_of(m), "state"));
  }
  EXPECT_TRUE(states.contains("connected")) << testing::PrintToString(states);
  EXPECT_TRUE(states.contains("stopped")) << testing::PrintToString(states);
}

// Too large for the topic, as the sink is set up at first.
TEST_F(Publishing, PoisonBecomesADeadLetterThatIsListedReplayedAndPurged) {
  broker.down();
  ASSERT_EQ(site.backfill().exit_code, 0);
  SqliteFile(site.store(), SQLITE_OPEN_READWRITE)
      .execute("UPDATE outbox SET payload = substr(payload, 1, length(payload) - 1) || ',\"more\":\"' || "
               "replace(hex(zeroblob(3000)), '0', 'x') || '\"}' WHERE id IN (SELECT id FROM outbox ORDER BY id LIMIT 2 OFFSET 5)");
  site.pipeline.bus_plugin = bus(", message_max: 2000");
  broker.up();
  {
    LiveHost host(site);
    EXPECT_TRUE(drained()) << host.err();
    EXPECT_THAT(host.err(), HasSubstr("see tapedeck outbox list"));
    EXPECT_TRUE(wait_until([&] { return host.metric("tapedeck_outbox_dead") == 2; })) << "metrics";
    EXPECT_EQ(host.stop(60s), 0) << host.err();
  }
  EXPECT_EQ(candles_arrived(), 2 * 1440u - 2);

  const auto listed = site.tapedeck({"outbox", "list", "FILE", "--format", "json"});
  const auto events = json::parse(listed.out).as_object().at("events").as_array();
  ASSERT_EQ(events.size(), 2u) << listed.out;
  EXPECT_EQ(text(events[0].as_object(), "state"), "dead");
  EXPECT_EQ(text(events[0].as_object(), "key"), "BTC/USDT 1m");
  EXPECT_NE(text(events[0].as_object(), "error"), "");
  const std::string id = std::to_string(events[0].as_object().at("id").as_int64());

  EXPECT_EQ(site.tapedeck({"outbox", "purge", "FILE"}).exit_code, 2) << "purge wants to know which";
  const auto purged = site.tapedeck({"outbox", "purge", "FILE", "--id", id});
  EXPECT_EQ(purged.exit_code, 0) << purged.err;
  EXPECT_THAT(purged.out, HasSubstr("1 dead letter of store removed"));
  EXPECT_EQ(site.tapedeck({"outbox", "purge", "FILE", "--id", id}).exit_code, 1) << "it is gone";

  site.pipeline.bus_plugin = bus();  // now it takes them
  EXPECT_THAT(site.tapedeck({"outbox", "replay", "FILE", "--sink", "buss"}).err, HasSubstr("did you mean 'bus'?"));
  const auto replayed = site.tapedeck({"outbox", "replay", "FILE", "--all"});
  EXPECT_EQ(replayed.exit_code, 0) << replayed.err;
  EXPECT_THAT(replayed.out, HasSubstr("1 dead letter of store waits again"));
  const LiveHost host(site);
  EXPECT_TRUE(drained()) << host.err();
  EXPECT_EQ(candles_arrived(), 2 * 1440u - 1);
}

TEST_F(Publishing, ValidateAsksTheSink) {
  broker.down();
  const auto said = site.tapedeck({"validate", "FILE"}, 120s);
  EXPECT_EQ(said.exit_code, 2) << said.err;
  EXPECT_THAT(said.err, HasSubstr("pipeline.yaml:"));
  EXPECT_EQ(site.tapedeck({"validate", "FILE", "--offline"}).exit_code, 0);
}

}  // namespace
