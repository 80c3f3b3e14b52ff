#include "sim/oanda/pace_limit.hpp"

#include <cstdlib>

namespace tapedeck::sim::oanda {

bool PaceLimit::admit(const std::string &client, std::int64_t now_ms) {
  constexpr std::int64_t window_ms = 1'000;
  const std::lock_guard lock(mutex_);
  std::deque<Moment> &recent = clients_[client];
  const Moment now{now_ms, Steady::now()};
  const auto is_old = [&](const Moment &m) {
    return std::abs(now.sim_ms - m.sim_ms) >= window_ms ||
           now.real - m.real >= std::chrono::milliseconds(window_ms);
  };
  while (!recent.empty() && is_old(recent.front())) recent.pop_front();
  if (recent.size() >= per_second_) return false;
  recent.push_back(now);
  return true;
}

void PaceLimit::clear() {
  const std::lock_guard lock(mutex_);
  clients_.clear();
}

}  // namespace tapedeck::sim::oanda
