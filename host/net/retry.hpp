// When to try again.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <random>
#include <string_view>

namespace tapedeck {

// How long from `now_ns` (wall clock) a Retry-After header asks to wait, ns, at least 0: seconds or one
// of the three HTTP dates. Nothing when it is neither; more than a year is a year. Threads: any.
std::optional<std::int64_t> parse_retry_after(std::string_view value, std::int64_t now_ns);

// Exponential back-off with jitter, the same for the same seed. Threads: any.
class Backoff {
 public:
  Backoff(std::uint64_t seed, std::int64_t first_ns, std::int64_t longest_ns);
  // The wait after try number `tries` (1, 2, ...): between half and all of first * 2^(tries-1).
  std::int64_t after(int tries);

 private:
  const std::int64_t first_ns_;
  const std::int64_t longest_ns_;
  std::mutex mutex_;
  std::mt19937_64 random_;
};

}  // namespace tapedeck
