// What arrives at a Kafka that is well, read by kcat.
#include <gmock/gmock.h>

#include <chrono>
#include <cstdio>
#include <map>
#include <set>

#include "test_sink.hpp"

namespace tapedeck::kafka {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

using KafkaPublish = TestSink;

TEST_F(KafkaPublish, AMessageHasKeyTimeAndHeaders) {
  const auto sink = client({{"topic", "prices"}});
  expect_taken(sink.publish({{7, "tick", "BTC/USDT", "{}", 1'700'000'000'123'456'789}}));
  const auto there = testing_kafka::read_topic(broker.bootstrap(), "prices.tick");
  ASSERT_EQ(there.size(), 1u);
  EXPECT_EQ(there[0].key, "BTC/USDT");
  EXPECT_EQ(there[0].payload, "{}");
  EXPECT_EQ(there[0].time_ms, 1'700'000'000'123);
  EXPECT_THAT(there[0].headers, ElementsAre(Pair("id", "7"), Pair("schema_version", "1"), Pair("type", "tick")));
}

// Which one it is, the Java client's hash says (client_test looks that it is chosen).
TEST_F(KafkaPublish, AKeyHasOnePartitionThatOtherClientsFindToo) {
  broker.topic("market.data.candle", 4);
  const auto sink = client();
  for (int again = 0; again < 3; ++again) expect_taken(sink.publish(numbered_events(60, 20)));
  std::map<std::string, std::set<int>> partitions;
  std::set<int> used;
  for (const auto &m : testing_kafka::read_topic(broker.bootstrap(), "market.data.candle")) {
    partitions[m.key].insert(m.partition);
    used.insert(m.partition);
  }
  EXPECT_EQ(partitions.size(), 20u);
  for (const auto &[key, of_key] : partitions) EXPECT_EQ(of_key.size(), 1u) << key;
  EXPECT_GT(used.size(), 1u);
}

TEST_F(KafkaPublish, NothingArrivesTwiceWhenNothingFails) {
  const auto sink = client();
  for (std::uint64_t first = 0; first < 1000; first += 100) {
    auto events = numbered_events(100, 1);
    for (auto &event : events) event.id += first;
    expect_taken(sink.publish(events));
  }
  EXPECT_EQ(ids("KEY0 1m"), every(1, 0, 1000));
  EXPECT_EQ(host.metric("tapedeck_kafka_producers_total"), 1);
}

TEST_F(KafkaPublish, ATypeThatCanBeNoTopicIsRefusedAlone) {
  const auto sink = client();
  const Published result = sink.publish({{1, "candle", "a", "x"}, {2, "no topic", "a", "x"}, {3, "", "a", "x"}, {4, "candle", "a", "x"}});
  EXPECT_EQ(result.status, TDK_OK);
  ASSERT_EQ(result.failures.size(), 2u);
  EXPECT_EQ(result.failures[0].status, TDK_INVALID_ARGUMENT);
  EXPECT_THAT(result.failures[0].why, HasSubstr("'no topic'"));
  EXPECT_THAT(ids("a"), ElementsAre(1u, 4u));
}

TEST_F(KafkaPublish, CountsWhatItDoes) {
  const auto sink = client({{"message_max", "1000"}});
  auto events = numbered_events(10, 1);
  events[4].payload.assign(2000, 'x');
  sink.publish(events);
  EXPECT_EQ(host.metric("tapedeck_kafka_events_total"), 9);
  EXPECT_EQ(host.metric("tapedeck_kafka_failures_total"), 1);
  EXPECT_EQ(host.metric("tapedeck_kafka_bytes_total"), 180);
  EXPECT_GT(host.metric("tapedeck_kafka_ack_seconds"), 0);
}

TEST_F(KafkaPublish, EveryCompressionArrives) {
  for (const char *compression : {"none", "gzip", "snappy", "lz4", "zstd"}) {
    const std::string topic = std::string("by-") + compression;
    expect_taken(client({{"compression", compression}, {"topic", topic}}).publish(numbered_events(100, 1, 350)));
    EXPECT_EQ(ids("KEY0 1m", topic + ".candle"), every(1, 0, 100)) << compression;
  }
}

TEST_F(KafkaPublish, TheLeaderAloneIsEnoughWithAcksOne) {
  expect_taken(client({{"acks", "1"}}).publish(numbered_events(100, 1)));
  EXPECT_EQ(ids("KEY0 1m"), every(1, 0, 100));
}

TEST_F(KafkaPublish, TenThousandEventsAreQuick) {
  const auto sink = client({{"linger", "5ms"}});
  expect_taken(sink.publish(numbered_events(100, 50, 350)));
  const auto events = numbered_events(10'000, 50, 350);
  const auto began = std::chrono::steady_clock::now();
  expect_taken(sink.publish(events));
  const auto took = std::chrono::steady_clock::now() - began;
  std::printf("10000 events of 350 bytes, 50 keys: %lld ms\n", static_cast<long long>(took / std::chrono::milliseconds(1)));
  EXPECT_LT(took, std::chrono::seconds(60));
}

TEST_F(KafkaPublish, HealthAsksTheBrokers) {
  const auto sink = client();
  EXPECT_EQ(sink.instance().health(), TDK_OK);
  expect_taken(sink.publish(numbered_events(3, 1)));
  EXPECT_EQ(sink.instance().health(), TDK_OK);
}

}  // namespace
}  // namespace tapedeck::kafka
