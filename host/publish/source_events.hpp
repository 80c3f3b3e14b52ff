// What happens to the sources of live pipelines, brought into the outbox.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "observe/metrics.hpp"
#include "publish/correlation.hpp"
#include "publish/envelope.hpp"
#include "publish/outage.hpp"
#include "runtime/storage.hpp"

namespace tapedeck {

struct SourceEventSettings {
  std::string storage;
  std::size_t queue = 10'000;  // events that wait while the store is away; what comes then is dropped and counted
  std::size_t batch = 200;
  Nanos first_pause = kSecond / 2, longest_pause = 10 * kSecond;
};

// Lifecycle: commits from its making to stop(). Threads: one of its own; put() any and never waits. A store that is
// away is tried again until it is back.
class SourceEvents {
 public:
  using OpenStorage = std::function<std::unique_ptr<Storage>()>;
  // `stored` is called after each commit; `ids`, metrics and clock outlive it.
  SourceEvents(SourceEventSettings settings, OpenStorage open, CorrelationIds &ids, std::function<void()> stored,
               Metrics &metrics, Clock &clock);
  ~SourceEvents();

  void put(SourceEvent event, std::vector<std::string> sinks);
  // Commits what it has for at most `timeout` (real time); what is left then is lost, counted and said.
  void stop(Nanos timeout);

 private:
  struct Waiting {
    SourceEvent event;
    std::vector<std::string> sinks;
  };
  void run();
  bool commit(const std::vector<Waiting> &some);
  void drop(std::size_t n, const char *reason);

  const SourceEventSettings settings_;
  const OpenStorage open_;
  CorrelationIds &ids_;
  const std::function<void()> stored_;
  Metrics &metrics_;
  Clock &clock_;
  CancelSource cancel_;
  std::unique_ptr<Storage> connection_;  // the thread's own
  Outage outage_;

  std::mutex mutex_;
  std::condition_variable changed_, done_;
  std::deque<Waiting> queue_;
  bool stopping_ = false, ended_ = false, said_full_ = false;
  std::thread thread_;
};

}  // namespace tapedeck
