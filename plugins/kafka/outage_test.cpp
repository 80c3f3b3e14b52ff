// Brokers that go, come back, hang, or were never there.
#include <gmock/gmock.h>
#include <poll.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "test_sink.hpp"

namespace tapedeck::kafka {
namespace {

using std::chrono::steady_clock;
using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

// Nobody listens there.
constexpr const char *kNobody = "127.0.0.1:1";

std::ptrdiff_t threads() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"), std::filesystem::directory_iterator());
}

struct KafkaOutage : TestSink {
  KafkaOutage() { broker.topic("market.data.candle", 2); }
  // Calls until all are acknowledged, as a drainer does: what failed, again.
  static void publish_until_taken(const EventSinkClient &sink, std::vector<conformance::Event> events) {
    while (!events.empty()) {  // the test's own limit ends it
      const Published result = sink.publish(events);
      if (result.status != TDK_OK) continue;
      std::vector<conformance::Event> left;
      for (const auto &failure : result.failures) left.push_back(events[failure.index]);
      events = left;
    }
  }
  void expect_all_in_order(std::uint64_t count, std::uint64_t keys) {
    for (std::uint64_t key = 0; key < keys; ++key)
      EXPECT_EQ(conformance::first_of_each(ids("KEY" + std::to_string(key) + " 1m")), every(keys, key, count)) << key;
  }
};

TEST_F(KafkaOutage, WithoutOneNothingIsSaid) {
  expect_taken(client().publish(numbered_events(1, 1)));
  EXPECT_THAT(host.said(), testing::IsEmpty());
}

// Waits as long as it takes, within the time-out.
TEST_F(KafkaOutage, AShortOneIsOutwaited) {
  const auto sink = client();
  expect_taken(sink.publish(numbered_events(1, 1)));
  broker.down();
  std::atomic<bool> done{false};
  Published result;
  std::thread publisher([&] {
    result = sink.publish(numbered_events(300, 3));
    done = true;
  });
  while (host.said().empty()) poll(nullptr, 0, 1);  // it has noticed
  EXPECT_FALSE(done);
  broker.up();
  publisher.join();
  expect_taken(result);
  expect_all_in_order(300, 3);
}

TEST_F(KafkaOutage, ALongOneLosesNothingAndKeepsTheOrder) {
  const auto sink = client({{"delivery_timeout", "1s"}});
  publish_until_taken(sink, numbered_events(100, 3));
  broker.down();
  std::thread publisher([&] { publish_until_taken(sink, numbered_events(600, 3)); });
  while (host.metric("tapedeck_kafka_failures_total") < 1200) poll(nullptr, 0, 5);  // two calls have failed
  broker.up();
  publisher.join();
  expect_all_in_order(600, 3);
}

TEST_F(KafkaOutage, ManyOnesLoseNothingAndKeepTheOrder) {
  const auto sink = client({{"delivery_timeout", "1s"}});
  std::atomic<bool> done{false};
  std::thread publisher([&] {
    for (std::uint64_t first = 0; first < 2000; first += 100) {
      auto events = numbered_events(100, 4);
      for (auto &event : events) event.id += first;
      publish_until_taken(sink, events);
    }
    done = true;
  });
  for (int i = 0; !done && i < 10; ++i) {
    broker.down();
    poll(nullptr, 0, 40);
    broker.up();
    poll(nullptr, 0, 60);
  }
  publisher.join();
  expect_all_in_order(2000, 4);
}

// What it was given before must not come by itself when the brokers are back.
TEST_F(KafkaOutage, NothingIsKeptOfACallThatFailed) {
  const auto sink = client({{"delivery_timeout", "1s"}});
  broker.down();
  EXPECT_EQ(sink.publish(numbered_events(50, 1)).status, TDK_UNAVAILABLE);
  broker.up();
  publish_until_taken(sink, {{77, "candle", "KEY0 1m", "x"}});
  EXPECT_THAT(ids("KEY0 1m"), Each(77u));
}

TEST_F(KafkaOutage, BrokersThatHangAreGivenUp) {
  const auto sink = client({{"delivery_timeout", "1s"}});
  publish_until_taken(sink, numbered_events(10, 1));
  broker.freeze();
  const Published hung = sink.publish(numbered_events(20, 1));
  EXPECT_EQ(hung.status, TDK_UNAVAILABLE);
  EXPECT_THAT(hung.message, AllOf(HasSubstr(broker.bootstrap()), HasSubstr("no acknowledgement for 1 s"), HasSubstr("look whether")));
  broker.thaw();
  publish_until_taken(sink, numbered_events(20, 1));
  EXPECT_EQ(conformance::first_of_each(ids("KEY0 1m")), every(1, 0, 20));
}

TEST_F(KafkaOutage, BrokersThatAreNotThereAreNamed) {
  const EventSinkClient sink(KAFKA_PLUGIN, "kafka", patient(kNobody, {{"delivery_timeout", "5s"}}), host);
  const auto began = steady_clock::now();
  const Published result = sink.publish(numbered_events(1000, 10));
  const auto took = steady_clock::now() - began;
  std::printf("nobody there, delivery_timeout 5s: %lld ms\n", static_cast<long long>(took / std::chrono::milliseconds(1)));
  EXPECT_EQ(result.status, TDK_UNAVAILABLE);
  EXPECT_THAT(result.message, AllOf(HasSubstr("publishing 1000 events, to kafka at 127.0.0.1:1: no acknowledgement for 5 s"),
                                    HasSubstr("Connection refused")));
  EXPECT_LT(took, std::chrono::seconds(60));
}

TEST_F(KafkaOutage, AnOutageIsAFewLinesOfTheLog) {
  {
    const EventSinkClient sink(KAFKA_PLUGIN, "kafka", patient(kNobody, {{"delivery_timeout", "1s"}}), host);
    for (int i = 0; i < 5; ++i) sink.publish(numbered_events(10, 1));
  }
  EXPECT_THAT(host.said(), SizeIs(AllOf(testing::Ge(1u), testing::Le(20u))));
}

TEST_F(KafkaOutage, OnePartitionWithoutALeaderDoesNotHoldUpTheOther) {
  auto events = numbered_events(200, 20);
  const auto sink = client({{"delivery_timeout", "2s"}});
  publish_until_taken(sink, events);
  broker.command("leader market.data.candle 0 -1");
  for (auto &event : events) event.id += 200;
  Published result;
  while ((result = sink.publish(events)).status != TDK_OK) {
  }  // on a slow machine the other one may need longer, too; the test's own limit ends it
  EXPECT_THAT(result.failures, SizeIs(AllOf(testing::Ge(10u), testing::Le(190u))));
  for (const auto &failure : result.failures) EXPECT_EQ(failure.status, TDK_UNAVAILABLE);
  broker.command("leader market.data.candle 0 1");
  std::vector<conformance::Event> left;
  for (const auto &failure : result.failures) left.push_back(events[failure.index]);
  publish_until_taken(sink, left);
  expect_all_in_order(400, 20);
}

TEST_F(KafkaOutage, ACallThatWaitsCanBeCancelled) {
  const EventSinkClient sink(KAFKA_PLUGIN, "kafka", patient(kNobody), host);
  std::atomic<bool> cancelled{false};
  const tdk_cancel cancel{sizeof cancel, -1, &cancelled, INT64_MAX, [](const tdk_cancel *c) -> tdk_status {
                            return static_cast<std::atomic<bool> *>(c->ctx)->load() ? TDK_CANCELLED : TDK_OK;
                          }};
  Published result;
  std::thread publisher([&] { result = sink.publish(numbered_events(100, 1), &cancel); });
  while (host.said().empty()) poll(nullptr, 0, 1);  // it looks for brokers
  cancelled = true;
  publisher.join();
  EXPECT_EQ(result.status, TDK_CANCELLED);
}

TEST_F(KafkaOutage, HealthSaysWhatIsWrong) {
  const EventSinkClient sink(KAFKA_PLUGIN, "kafka", patient(kNobody, {{"connect_timeout", "1s"}}), host);
  EXPECT_EQ(sink.instance().health(), TDK_UNAVAILABLE);
}

TEST_F(KafkaOutage, NoThreadOutlivesTheInstance) {
  const auto before = threads();
  for (const std::string &brokers : {broker.bootstrap(), std::string(kNobody)}) {
    const EventSinkClient sink(KAFKA_PLUGIN, "kafka", patient(brokers, {{"delivery_timeout", "1s"}}), host);
    EXPECT_EQ(threads(), before) << "none before the first call";
    sink.publish(numbered_events(10, 1));
  }
  EXPECT_EQ(threads(), before);
}

TEST_F(KafkaOutage, PasswordsAreNowhere) {
  const Options secret = {{"security", "sasl_plaintext"}, {"sasl_mechanism", "SCRAM-SHA-512"}, {"username", "ann"},
                          {"password", "correct-horse"}, {"delivery_timeout", "1s"}, {"connect_timeout", "1s"}};
  for (const char *mechanism : {"PLAIN", "SCRAM-SHA-512"}) {
    auto options = secret;
    options[1].second = mechanism;
    const auto sink = client(options);  // a cluster that knows no SASL
    const Published result = sink.publish(numbered_events(10, 1));
    EXPECT_EQ(result.status, TDK_UNAVAILABLE);
    EXPECT_THAT(result.message, Not(HasSubstr("horse")));
    EXPECT_NE(sink.instance().health(), TDK_OK);
  }
  EXPECT_THAT(host.said(), testing::Contains(HasSubstr("use security: sasl_ssl")));
  EXPECT_THAT(host.said(), Each(Not(HasSubstr("horse"))));
}

}  // namespace
}  // namespace tapedeck::kafka
