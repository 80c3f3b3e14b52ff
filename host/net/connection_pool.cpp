#include "net/connection_pool.hpp"

#include <algorithm>

#include "base/clock.hpp"

namespace tapedeck {

ConnectionPool::ConnectionPool(std::size_t per_route, std::size_t in_all, std::int64_t keep_ns)
    : per_route_(per_route), in_all_(in_all), keep_ns_(keep_ns) {}

// Into the caller's hands, since closing TLS writes to the socket and the lock should not wait for it.
void ConnectionPool::drop_expired(std::deque<Idle> &dropped) {
  const std::int64_t limit = system_clock().monotonic_ns() - keep_ns_;
  while (!idle_.empty() && (idle_.front().since < limit || idle_.size() > in_all_)) {
    dropped.push_back(std::move(idle_.front()));
    idle_.pop_front();
  }
}

std::unique_ptr<Connection> ConnectionPool::take(const std::string &route, std::uint64_t &stale) {
  std::deque<Idle> dropped;
  const std::lock_guard lock(mutex_);
  drop_expired(dropped);
  for (std::size_t i = idle_.size(); i-- > 0;) {
    if (idle_[i].route != route) continue;
    auto connection = std::move(idle_[i].connection);
    idle_.erase(idle_.begin() + static_cast<std::ptrdiff_t>(i));
    if (connection->quiet()) return connection;
    ++stale;
  }
  return nullptr;
}

void ConnectionPool::put(std::string route, std::unique_ptr<Connection> connection) {
  std::deque<Idle> dropped;
  const std::lock_guard lock(mutex_);
  idle_.push_back({std::move(route), std::move(connection), system_clock().monotonic_ns()});
  const auto same = [&](const Idle &i) { return i.route == idle_.back().route; };
  if (static_cast<std::size_t>(std::count_if(idle_.begin(), idle_.end(), same)) > per_route_) {
    const auto oldest = std::find_if(idle_.begin(), idle_.end(), same);
    dropped.push_back(std::move(*oldest));
    idle_.erase(oldest);
  }
  drop_expired(dropped);
}

}  // namespace tapedeck
