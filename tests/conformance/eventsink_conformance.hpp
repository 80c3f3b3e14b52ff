// What every event sink has to pass: the cases SNK-001 and on.
//
// A test program links eventsink_conformance, says how to make an empty sink and how to read what has arrived, and
// instantiates:
//   INSTANTIATE_TEST_SUITE_P(Kafka, EventSinkConformance, testing::Values(EventSinkBackend{"kafka", &make}));
#pragma once

#include "plugin_under_test.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

namespace tapedeck::conformance {

struct Event {
  std::uint64_t id = 0;
  std::string type = "candle", key, payload;
  std::int64_t time = 1'700'000'000'000'000'000;
};

struct EventFailure {
  std::uint64_t index;
  tdk_status status;
  std::string why;
};

// What a call of publish() came to.
struct Published {
  tdk_status status = TDK_OK;
  std::string message;  // of the status
  std::vector<EventFailure> failures;
};

// A plugin's, through the C table. Checks of every call that each event fails at most once, and that there is a reason.
class EventSinkClient {
 public:
  EventSinkClient(const std::string &plugin_file, const std::string &id, const Options &options, const FakeHost &host);
  Published publish(const std::vector<Event> &events, const tdk_cancel *cancel = nullptr) const;
  const Instance &instance() const { return instance_; }
  const tdk_eventsink &table() const { return table_; }

 private:
  Instance instance_;
  const tdk_eventsink &table_;
};

// A sink into which nothing was published when this object is made.
class EventSinkUnderTest {
 public:
  virtual ~EventSinkUnderTest() = default;
  virtual EventSinkClient &sink() = 0;
  // Another instance that publishes to the same place.
  virtual std::unique_ptr<EventSinkClient> another() = 0;
  // What is there of a type, as often as it is there; in order, as far as events of one key go. Times to the millisecond.
  virtual std::vector<Event> arrived(const std::string &type) = 0;
  // The other side goes, so that publish() fails within a minute, and comes back with what it had.
  virtual void take_away() = 0;
  virtual void bring_back() = 0;
  // Bytes of a payload that is never taken, 0: any is.
  virtual std::size_t too_large() const = 0;
};

struct EventSinkBackend {
  std::string name;
  std::function<std::unique_ptr<EventSinkUnderTest>()> make;
};
inline void PrintTo(const EventSinkBackend &b, std::ostream *out) { *out << b.name; }

class EventSinkConformance : public testing::TestWithParam<EventSinkBackend> {
 protected:
  EventSinkConformance() : backend_(GetParam().make()) {}
  Published publish(const std::vector<Event> &events, const tdk_cancel *cancel = nullptr) {
    return backend_->sink().publish(events, cancel);
  }
  void expect_taken(const std::vector<Event> &events);
  std::vector<std::uint64_t> ids(const std::string &key, const std::string &type = "candle");
  const std::unique_ptr<EventSinkUnderTest> backend_;
};

// Events 0, 1, ... of `keys` keys in turn.
std::vector<Event> numbered_events(std::uint64_t count, std::uint64_t keys, std::size_t payload = 20);
// What a consumer reads that leaves out what it has seen.
std::vector<std::uint64_t> first_of_each(const std::vector<std::uint64_t> &ids);

}  // namespace tapedeck::conformance
