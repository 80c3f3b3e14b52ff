// Brokers that answer with errors.
#include <gmock/gmock.h>

#include "test_sink.hpp"

namespace tapedeck::kafka {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::SizeIs;
using namespace testing_kafka;

struct KafkaRefusals : TestSink {
  KafkaRefusals() { broker.topic("market.data.candle", 1); }
  std::vector<std::uint64_t> arrived_once(const std::string &key) { return conformance::first_of_each(ids(key)); }
};

// What passes by itself is nobody's business.
TEST_F(KafkaRefusals, WhatPassesIsTriedAgainByItselfInOrder) {
  const auto sink = client();
  for (const int error : {kNotLeader, kRequestTimedOut, kHangUp}) {
    broker.fail(kProduce, error, 3);
    const std::string key = std::to_string(error);
    auto events = numbered_events(200, 1);
    for (auto &event : events) event.key = key;
    expect_taken(sink.publish(events));
    EXPECT_EQ(arrived_once(key), every(1, 0, 200)) << error;
  }
  EXPECT_EQ(host.metric("tapedeck_kafka_producers_total"), 1);
}

// The broker counts a batch; the events of it are well.
TEST_F(KafkaRefusals, ABatchThatIsTooLargeIsTakenApart) {
  const auto sink = client();
  broker.fail(kProduce, kMessageTooLarge, 2);
  expect_taken(sink.publish(numbered_events(500, 5)));
  for (std::uint64_t key = 0; key < 5; ++key)
    EXPECT_EQ(arrived_once("KEY" + std::to_string(key) + " 1m"), every(5, key, 500)) << key;
}

TEST_F(KafkaRefusals, AnEventThatIsRefusedAloneIsGivenUp) {
  const auto sink = client();
  broker.fail(kProduce, kInvalidRecord, 1);
  const Published result = sink.publish(numbered_events(1, 1));
  EXPECT_EQ(result.status, TDK_OK);
  ASSERT_EQ(result.failures.size(), 1u);
  EXPECT_EQ(result.failures[0].status, TDK_INVALID_ARGUMENT);
  EXPECT_THAT(result.failures[0].why, AllOf(HasSubstr("market.data.candle"), HasSubstr("INVALID_RECORD")));
  expect_taken(sink.publish(numbered_events(2, 1)));
}

// 64 events are a batch, then batches of 8, then each alone; the first is refused once more.
TEST_F(KafkaRefusals, ThePoisonOfABatchIsFoundAndTheOthersGoOn) {
  const auto sink = client({{"linger", "1s"}});
  broker.fail(kProduce, kInvalidRecord, 3);
  const Published result = sink.publish(numbered_events(64, 2));
  EXPECT_EQ(result.status, TDK_OK);
  ASSERT_EQ(result.failures.size(), 1u);
  EXPECT_EQ(result.failures[0].index, 0u);
  EXPECT_EQ(result.failures[0].status, TDK_INVALID_ARGUMENT);
  EXPECT_EQ(arrived_once("KEY0 1m"), every(2, 2, 64));
  EXPECT_EQ(arrived_once("KEY1 1m"), every(2, 1, 64));
}

TEST_F(KafkaRefusals, ATopicThatMayNotBeWrittenIsTriedAgainAndOthersGoOn) {
  const auto sink = client({{"linger", "1s"}});
  auto events = numbered_events(100, 1);
  broker.fail(kProduce, kTopicAuthorizationFailed, 1);
  const Published refused = sink.publish(events);
  EXPECT_EQ(refused.status, TDK_OK) << refused.message;
  EXPECT_THAT(refused.failures, AllOf(SizeIs(100), Each(Field("status", &conformance::EventFailure::status, TDK_PERMISSION_DENIED))));
  EXPECT_THAT(refused.failures.front().why, HasSubstr("allow this user to Write"));
  expect_taken(sink.publish(events));
  EXPECT_EQ(ids("KEY0 1m"), every(1, 0, 100)) << "nothing of it overtook";
}

TEST_F(KafkaRefusals, ATopicThatThereIsNotIsTriedAgainAndOthersGoOn) {
  broker.topic("market.data.tick", 1);
  broker.command("topic_error market.data.tick " + std::to_string(kUnknownTopic));
  const auto sink = client();
  const Published result = sink.publish({{1, "candle", "a", "x"}, {2, "tick", "b", "x"}, {3, "candle", "a", "x"}});
  EXPECT_EQ(result.status, TDK_OK) << result.message;
  ASSERT_EQ(result.failures.size(), 1u);
  EXPECT_EQ(result.failures[0].index, 1u);
  EXPECT_EQ(result.failures[0].status, TDK_NOT_FOUND);
  EXPECT_THAT(result.failures[0].why, HasSubstr("create the topic"));
  EXPECT_THAT(ids("a"), ElementsAre(1u, 3u));
  broker.command("topic_error market.data.tick 0");
  expect_taken(sink.publish({{2, "tick", "b", "x"}}));
}

TEST_F(KafkaRefusals, AUserWhoMayNotBeIdempotentIsToldSo) {
  const auto sink = client();
  broker.fail(kInitProducerId, kClusterAuthorizationFailed, 1);
  const Published refused = sink.publish(numbered_events(10, 1));
  EXPECT_EQ(refused.status, TDK_PERMISSION_DENIED);
  EXPECT_THAT(refused.message, HasSubstr("IdempotentWrite"));
  expect_taken(sink.publish(numbered_events(10, 1)));
  EXPECT_EQ(host.metric("tapedeck_kafka_producers_total"), 2) << "one that has stopped is not used again";
}

TEST_F(KafkaRefusals, APartitionThatMovesIsFollowed) {
  MockBroker two(2);
  two.topic("market.data.candle", 1);
  two.command("leader market.data.candle 0 1");
  const EventSinkClient sink(KAFKA_PLUGIN, "kafka", patient(two.bootstrap()), host);
  expect_taken(sink.publish(numbered_events(10, 1)));
  two.command("leader market.data.candle 0 2");
  expect_taken(sink.publish({{10, "candle", "KEY0 1m", "x"}}));
  EXPECT_EQ(read_topic(two.bootstrap(), "market.data.candle").size(), 11u);
}

}  // namespace
}  // namespace tapedeck::kafka
