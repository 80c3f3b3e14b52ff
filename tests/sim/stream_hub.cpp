#include "sim/stream_hub.hpp"

#include <algorithm>
#include <utility>

namespace tapedeck::sim {

StreamHub::StreamHub(SimClock &clock, FaultPlan &faults)
    : clock_(clock), faults_(faults), listener_(clock.add_listener([this] { wake_all(); })) {}

StreamHub::~StreamHub() { clock_.remove_listener(listener_); }

std::shared_ptr<StreamHub::Link> StreamHub::open(StreamStatus status) {
  auto link = std::make_shared<Link>();
  const std::lock_guard lock(mutex_);
  status.id = next_id_++;
  link->status = std::move(status);
  links_.emplace(link->status.id, link);
  return link;
}

void StreamHub::close(const std::shared_ptr<Link> &link) {
  {
    const std::lock_guard lock(mutex_);
    links_.erase(link->status.id);
  }
  changed_.notify_all();
}

StreamStatus StreamHub::status(const Link &link) const {
  const std::lock_guard lock(mutex_);
  return link.status;
}

std::vector<FaultPlan::Hit> StreamHub::exchange(Link &link, const StreamStatus &status,
                                                std::optional<SimClock::Reading> settled) {
  std::vector<FaultPlan::Hit> orders;
  {
    const std::lock_guard lock(mutex_);
    link.status = status;
    orders.swap(link.orders);
    link.settled = orders.empty() ? settled : std::nullopt;
  }
  changed_.notify_all();
  return orders;
}

std::size_t StreamHub::order(const Fault &fault) {
  const std::lock_guard lock(mutex_);
  std::size_t ordered = 0;
  for (const auto &[id, link] : links_) {
    const StreamStatus &status = link->status;
    if (!concerns(fault, status.vendor, status.path, status.subscriptions)) continue;
    auto hit = faults_.take_connection(fault);
    if (!hit) continue;
    link->orders.push_back(std::move(*hit));
    link->settled.reset();
    link->waker.wake();
    ++ordered;
  }
  return ordered;
}

std::vector<StreamStatus> StreamHub::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<StreamStatus> all;
  for (const auto &[id, link] : links_) all.push_back(link->status);
  return all;
}

bool StreamHub::all_settled(const SimClock::Reading &now) const {
  return std::all_of(links_.begin(), links_.end(), [&](const auto &entry) {
    const auto &settled = entry.second->settled;
    return settled && settled->jumps >= now.jumps && settled->now_ms >= now.now_ms;
  });
}

bool StreamHub::settle(std::chrono::milliseconds timeout) {
  const SimClock::Reading now = clock_.reading();
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [&] { return all_settled(now); });
}

std::optional<std::int64_t> StreamHub::life_ms() const {
  const std::lock_guard lock(mutex_);
  return life_ms_;
}

void StreamHub::set_life_ms(std::optional<std::int64_t> life_ms) {
  {
    const std::lock_guard lock(mutex_);
    life_ms_ = life_ms;
  }
  wake_all();
}

void StreamHub::wake_all() {
  const std::lock_guard lock(mutex_);
  for (const auto &[id, link] : links_) link->waker.wake();
}

void StreamHub::stop() {
  stopping_ = true;
  wake_all();
}

}  // namespace tapedeck::sim
