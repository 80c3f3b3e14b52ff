// Request weights per client in fixed windows aligned to the simulator's clock, with bans for those
// who go on after a refusal.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

namespace tapedeck::sim {

struct LimitRules {
  std::int64_t weight = 6'000;
  std::int64_t weight_window_ms = 60'000;
  std::int64_t requests = 61'000;
  std::int64_t requests_window_ms = 300'000;
  std::int64_t refusals_before_ban = 20;  ///< refused requests in one window that lead to a ban
  std::int64_t first_ban_ms = 120'000;    ///< doubles with each ban
  std::int64_t longest_ban_ms = 259'200'000;
  bool enforced = true;
};

enum class Verdict { Pass, TooMuchWeight, TooManyRequests, Banned };

struct Decision {
  Verdict verdict = Verdict::Pass;
  std::int64_t used_weight = 0;  ///< of the running window, this request included
  std::int64_t retry_at = 0;     ///< clock time (ms) from which on it may try again
  bool new_ban = false;
};

/// Threads: all functions from any thread.
class RateLimiter {
 public:
  explicit RateLimiter(const LimitRules &rules) : rules_(rules) {}

  /// Counts a request of `client` and says whether it may pass. Refused requests count too.
  Decision admit(const std::string &client, std::int64_t weight, std::int64_t now_ms);
  /// Bans `client` at once, longer each time.
  void ban(const std::string &client, std::int64_t now_ms);
  /// Highest weight any client has used in the window of `now_ms`.
  std::int64_t used_weight(std::int64_t now_ms) const;
  const LimitRules &rules() const { return rules_; }
  void clear();

 private:
  struct Client {
    std::int64_t weight_window = -1, used = 0, refused = 0;
    std::int64_t requests_window = -1, requests = 0;
    std::int64_t banned_until = 0, bans = 0;
  };

  void roll(Client &client, std::int64_t now_ms) const;
  void start_ban(Client &client, std::int64_t now_ms) const;
  Decision refuse(Client &client, Decision decision, std::int64_t now_ms) const;

  const LimitRules rules_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Client> clients_;
};

}  // namespace tapedeck::sim
