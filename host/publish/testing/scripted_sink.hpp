// An event sink that remembers what arrived, and fails when the test says so.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "runtime/event_sink.hpp"

namespace tapedeck::testing {

// The other side; it outlives the connections. Threads: any.
class ScriptedBroker {
 public:
  // Before each call; what it throws, the call throws.
  std::function<void(std::span<const OutboxEntry> events, const tdk_cancel *cancel)> on_publish;
  // What becomes of one event: TDK_OK, or the status of its failure. Later events of a key that is to be tried again
  // fail so too, without being asked about.
  std::function<tdk_status(const OutboxEntry &event)> judge;

  std::vector<EventFailure> publish(std::span<const OutboxEntry> events, const tdk_cancel *cancel) {
    if (on_publish) on_publish(events, cancel);
    std::vector<EventFailure> failures;
    std::set<std::string> blocked;
    std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < events.size(); ++i) {
      const bool behind = blocked.count(events[i].key) != 0;
      const tdk_status status = behind ? TDK_UNAVAILABLE : judge ? judge(events[i]) : TDK_OK;
      if (status == TDK_OK)
        arrive(events[i]);
      else
        failures.push_back({i, status, behind ? "an earlier one has failed" : "judged"});
      if (!failures.empty() && failures.back().index == i && !failures.back().lasting()) blocked.insert(events[i].key);
    }
    return failures;
  }
  // What arrives although the sink does not say so. Not for judge(), which runs with the lock held.
  void sneak_in(const OutboxEntry &event) {
    std::lock_guard lock(mutex_);
    arrive(event);
  }

  // Payloads by key, in the order in which they arrived first.
  std::map<std::string, std::vector<std::string>> first_arrivals() const {
    std::lock_guard lock(mutex_);
    return first_;
  }
  std::size_t arrived() const {  // different ones
    std::lock_guard lock(mutex_);
    return seen_.size();
  }
  std::size_t arrivals() const {
    std::lock_guard lock(mutex_);
    return arrivals_;
  }

 private:
  void arrive(const OutboxEntry &e) {
    ++arrivals_;
    if (seen_.insert(e.key + "\n" + e.payload).second) first_[e.key].push_back(e.payload);
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::vector<std::string>> first_;
  std::set<std::string> seen_;
  std::size_t arrivals_ = 0;
};

class ScriptedSink final : public EventSink {
 public:
  explicit ScriptedSink(std::shared_ptr<ScriptedBroker> broker) : broker_(std::move(broker)) {}
  std::vector<EventFailure> publish(std::span<const OutboxEntry> events, const tdk_cancel *cancel) override {
    return broker_->publish(events, cancel);
  }
  void health() override {}

 private:
  std::shared_ptr<ScriptedBroker> broker_;
};

}  // namespace tapedeck::testing
