// Notices calls that do not come back.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "plugins/call.hpp"

namespace tapedeck {

struct WatchdogSettings {
  std::int64_t grace_ns = 5'000'000'000;  // past its deadline, or after its cancellation was seen
  std::int64_t tick_ns = 100'000'000;     // real time between two looks
  Clock *clock = nullptr;                 // NULL: the system's
};

// Looks at every call in flight from a thread of its own; one that is late by the grace is reported
// to whoever entered it, once. Lifecycle: outlives every instance that uses it. Threads: any.
class Watchdog {
 public:
  explicit Watchdog(WatchdogSettings settings = {});
  ~Watchdog();
  Watchdog(const Watchdog &) = delete;
  Watchdog &operator=(const Watchdog &) = delete;

  // `on_late` is called on the watchdog's thread and must not call enter() or leave(). It answers
  // what to do once the watchdog holds no lock any more; nothing: it could not act, ask again.
  using Report = std::function<void()>;
  using OnLate = std::function<Report()>;
  void enter(std::shared_ptr<PluginCall> call, OnLate on_late);
  void leave(const PluginCall *call);  // on_late is not running, and will not, when this returns

  std::size_t in_flight() const;
  Clock &clock() const { return *settings_.clock; }

 private:
  struct Entry {
    std::shared_ptr<PluginCall> call;
    OnLate on_late;
    std::int64_t cancelled_since = -1;
    bool reported = false;
  };
  void watch(const std::stop_token &stop);
  std::vector<Report> look();
  bool is_late(Entry &entry, std::int64_t now) const;

  WatchdogSettings settings_;
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::vector<Entry> calls_;
  std::jthread thread_;
};

}  // namespace tapedeck
