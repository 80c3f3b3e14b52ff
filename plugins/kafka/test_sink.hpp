// A kafka plugin and a cluster of its own, for tests.
#pragma once

#include <string>
#include <vector>

#include "eventsink_conformance.hpp"
#include "kcat_reader.hpp"
#include "mock_broker.hpp"

namespace tapedeck::kafka {

using conformance::EventSinkClient;
using conformance::numbered_events;
using conformance::Options;
using conformance::Published;
using testing_kafka::MockBroker;

// A sanitised plugin on a busy machine is slow: nothing ends by a time-out unless a test wants it.
inline Options patient(const std::string &brokers, const Options &more = {}) {
  Options out = {{"brokers", brokers}, {"delivery_timeout", "2m"}, {"connect_timeout", "1m"}, {"linger", "1ms"}};
  for (const auto &option : more) {
    std::erase_if(out, [&](const auto &had) { return had.first == option.first; });
    out.push_back(option);
  }
  return out;
}

struct TestSink : testing::Test {
  EventSinkClient client(const Options &more = {}) { return {KAFKA_PLUGIN, "kafka", patient(broker.bootstrap(), more), host}; }

  // Ids of the events of a key, as often as they are there, in the order of their partition.
  std::vector<std::uint64_t> ids(const std::string &key, const std::string &topic = "market.data.candle") const {
    std::vector<std::uint64_t> out;
    for (const auto &message : testing_kafka::read_topic(broker.bootstrap(), topic))
      if (message.key == key) out.push_back(std::stoull(message.headers.at("id")));
    return out;
  }
  static std::vector<std::uint64_t> every(std::uint64_t step, std::uint64_t first, std::uint64_t end) {
    std::vector<std::uint64_t> out;
    for (std::uint64_t i = first; i < end; i += step) out.push_back(i);
    return out;
  }
  static void expect_taken(const Published &result) {
    EXPECT_EQ(result.status, TDK_OK) << result.message;
    for (const auto &failure : result.failures) ADD_FAILURE() << failure.index << ": " << failure.why;
  }

  MockBroker broker;
  conformance::FakeHost host;
};

}  // namespace tapedeck::kafka
