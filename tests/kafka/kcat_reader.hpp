// What is in a topic, read by kcat: a program that is not ours.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tapedeck::testing_kafka {

struct KafkaMessage {
  std::string topic;
  int partition = 0;
  std::int64_t offset = 0, time_ms = 0;
  std::string key;
  std::map<std::string, std::string> headers;
  std::string payload;
};

// All of it up to now: each partition in order, partitions in any. A topic that there is not is an empty one.
// Failures: std::runtime_error.
std::vector<KafkaMessage> read_topic(const std::string &bootstrap, const std::string &topic);

}  // namespace tapedeck::testing_kafka
