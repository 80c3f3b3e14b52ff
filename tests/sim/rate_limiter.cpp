#include "sim/rate_limiter.hpp"

#include <algorithm>

namespace tapedeck::sim {

/// Starts new windows where the clock has left the old ones (also when it was set back).
void RateLimiter::roll(Client &client, std::int64_t now_ms) const {
  const std::int64_t weight_window = now_ms / rules_.weight_window_ms;
  if (client.weight_window != weight_window) {
    client.weight_window = weight_window;
    client.used = client.refused = 0;
  }
  const std::int64_t requests_window = now_ms / rules_.requests_window_ms;
  if (client.requests_window != requests_window) {
    client.requests_window = requests_window;
    client.requests = 0;
  }
}

void RateLimiter::start_ban(Client &client, std::int64_t now_ms) const {
  const std::int64_t doublings = std::min<std::int64_t>(client.bans++, 20);
  const std::int64_t length = std::min(rules_.first_ban_ms << doublings, rules_.longest_ban_ms);
  client.banned_until = now_ms + length;
  client.refused = 0;
}

void RateLimiter::ban(const std::string &name, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  start_ban(clients_[name], now_ms);
}

Decision RateLimiter::refuse(Client &client, Decision decision, std::int64_t now_ms) const {
  if (++client.refused <= rules_.refusals_before_ban) return decision;
  start_ban(client, now_ms);
  decision.verdict = Verdict::Banned;
  decision.retry_at = client.banned_until;
  decision.new_ban = true;
  return decision;
}

Decision RateLimiter::admit(const std::string &name, std::int64_t weight, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  Client &client = clients_[name];
  roll(client, now_ms);
  Decision decision;
  if (rules_.enforced && now_ms < client.banned_until) {
    decision.verdict = Verdict::Banned;
    decision.used_weight = client.used;
    decision.retry_at = client.banned_until;
    return decision;
  }
  client.used += weight;
  ++client.requests;
  decision.used_weight = client.used;
  if (!rules_.enforced) return decision;
  if (client.used > rules_.weight) {
    decision.verdict = Verdict::TooMuchWeight;
    decision.retry_at = (client.weight_window + 1) * rules_.weight_window_ms;
    return refuse(client, decision, now_ms);
  }
  if (client.requests > rules_.requests) {
    decision.verdict = Verdict::TooManyRequests;
    decision.retry_at = (client.requests_window + 1) * rules_.requests_window_ms;
    return refuse(client, decision, now_ms);
  }
  return decision;
}

std::int64_t RateLimiter::used_weight(std::int64_t now_ms) const {
  const std::lock_guard lock(mutex_);
  std::int64_t most = 0;
  for (const auto &[name, client] : clients_)
    if (client.weight_window == now_ms / rules_.weight_window_ms)
      most = std::max(most, client.used);
  return most;
}

void RateLimiter::clear() {
  const std::lock_guard lock(mutex_);
  clients_.clear();
}

}  // namespace tapedeck::sim
