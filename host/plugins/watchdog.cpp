#include "plugins/watchdog.hpp"

#include <algorithm>
#include <chrono>

namespace tapedeck {

Watchdog::Watchdog(WatchdogSettings settings) : settings_(settings) {
  if (settings_.clock == nullptr) settings_.clock = &system_clock();
  thread_ = std::jthread([this](const std::stop_token &stop) { watch(stop); });
}

Watchdog::~Watchdog() {
  thread_.request_stop();
  thread_.join();
}

void Watchdog::enter(std::shared_ptr<PluginCall> call, OnLate on_late) {
  std::lock_guard lock(mutex_);
  calls_.push_back({std::move(call), std::move(on_late), -1, false});
}

void Watchdog::leave(const PluginCall *call) {
  std::lock_guard lock(mutex_);
  const auto at = std::find_if(calls_.begin(), calls_.end(),
                               [&](const Entry &e) { return e.call.get() == call; });
  if (at == calls_.end()) return;
  std::swap(*at, calls_.back());
  calls_.pop_back();
}

std::size_t Watchdog::in_flight() const {
  std::lock_guard lock(mutex_);
  return calls_.size();
}

void Watchdog::watch(const std::stop_token &stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    wake_.wait_for(lock, stop, std::chrono::nanoseconds(settings_.tick_ns), [] { return false; });
    const auto reports = look();
    lock.unlock();
    for (const auto &report : reports) report();
    lock.lock();
  }
}

std::vector<Watchdog::Report> Watchdog::look() {
  const std::int64_t now = settings_.clock->monotonic_ns();
  std::vector<Report> reports;
  for (auto &entry : calls_) {
    if (entry.reported || !is_late(entry, now)) continue;
    if (auto report = entry.on_late()) {
      entry.reported = true;
      reports.push_back(std::move(report));
    }
  }
  return reports;
}

bool Watchdog::is_late(Entry &entry, std::int64_t now) const {
  const std::int64_t deadline = entry.call->deadline_mono_ns();
  if (deadline != INT64_MAX && now > deadline && now - deadline > settings_.grace_ns) return true;
  if (entry.cancelled_since < 0 && entry.call->token_status() == TDK_CANCELLED)
    entry.cancelled_since = now;
  return entry.cancelled_since >= 0 && now - entry.cancelled_since > settings_.grace_ns;
}

}  // namespace tapedeck
