// A Kafka cluster of a test's own: librdkafka's mock cluster, in a process beside it.
#pragma once

#include <cstdint>
#include <string>

#include "child_program.hpp"

namespace tapedeck::testing_kafka {

// Errors as the Kafka protocol numbers them, and librdkafka's own.
inline constexpr int kMessageTooLarge = 10, kNotLeader = 6, kRequestTimedOut = 7, kTopicAuthorizationFailed = 29,
                     kClusterAuthorizationFailed = 31, kInvalidRecord = 87, kUnknownTopic = 3, kHangUp = -195;
inline constexpr int kProduce = 0, kMetadata = 3, kInitProducerId = 22;

// What it keeps is in memory, at most 5 MB or 100,000 messages of a partition: older ones go. Topics that somebody asks for
// come into being with 4 partitions. Sequence numbers of idempotent producers are not checked.
// Lifecycle: serves from the constructor to the destructor, and dies with the thread that started it.
// Threads: one at a time. Failures: std::runtime_error.
class MockBroker {
 public:
  explicit MockBroker(int brokers = 1);
  ~MockBroker();
  MockBroker(const MockBroker &) = delete;
  MockBroker &operator=(const MockBroker &) = delete;

  const std::string &bootstrap() const { return bootstrap_; }  // "127.0.0.1:1234,127.0.0.1:1235"

  void down() { command("down"); }  // all of them; what was kept stays
  void up() { command("up"); }
  void freeze();  // takes connections and says nothing
  void thaw();
  void topic(const std::string &name, int partitions);
  // What the next `count` requests of this kind are answered with.
  void fail(int api, int error, int count = 1);
  // As tests/kafka/mock_broker_main.cpp has them.
  void command(const std::string &line);

 private:
  ChildProgram program_;
  std::string bootstrap_;
  bool frozen_ = false;
};

}  // namespace tapedeck::testing_kafka
