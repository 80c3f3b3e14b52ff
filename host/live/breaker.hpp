// When to try a source again: back-off with jitter, and a circuit breaker.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "market/time.hpp"

namespace tapedeck {

enum class BreakerState { Closed, Open, HalfOpen };
std::string_view breaker_state_name(BreakerState state) noexcept;  // "closed", "open", "half_open"

struct BreakerSettings {
  int open_after = 5;  // failures in a row
  Nanos first = 250'000'000;
  // The wait doubles up to a second, and beyond that never takes more than a twentieth of the outage so
  // far: whoever is back after a short outage is noticed at once, whoever is away for hours is left alone.
  Nanos short_cap = kSecond;
  int outage_share = 20;
  Nanos longest = kMinute;
  Nanos refused_wait = kMinute;  // after a refusal that trying again does not mend: no permission, no such thing
  Nanos steady_after = 10 * kSecond;  // who is lost sooner has not come back: some vendors evict only after the first data
};

struct BreakerSnapshot {
  BreakerState state = BreakerState::Closed;
  int failures = 0;         // in a row
  Nanos next_try = 0;       // wall clock; 0: now
  std::string last_error;
};

// The connections of one source, together. Closed: each may connect when its wait is over. After
// `open_after` failures in a row, or one that says that trying soon is of no use, it opens: nobody connects
// until the wait is over, then one may try (half-open); data closes it, a failure opens it again. Only data
// counts as success: a login does not. The waits begin anew only after a connection that lived for a while
// with data.
// Threads: any.
class Breaker {
 public:
  Breaker(BreakerSettings settings, std::uint64_t seed) : settings_(settings), random_(seed | 1) {}

  // True: connect now, and tell how it ends.
  bool try_connect(Nanos now);
  void succeeded();                 // data came
  void left();                      // the attempt was given up, for no fault of the source's
  struct Failure {
    std::string error;
    bool had_data = false;  // a connection that worked was lost: ten at once are one failure
    bool lasting = false;   // a refusal that another try would not mend
    Nanos asked_wait = 0;   // > 0: the vendor named a time
    Nanos lived = 0;        // how long the connection was there
  };
  void failed(Nanos now, const Failure &failure);  // the attempt or the connection ended

  BreakerSnapshot snapshot(Nanos now) const;
  bool open(Nanos now) const;       // nobody may connect, or only to try

 private:
  Nanos wait(Nanos now);
  BreakerState state(Nanos now) const;

  const BreakerSettings settings_;
  mutable std::mutex mutex_;
  std::uint64_t random_;
  int failures_ = 0;
  bool worked_ = false;  // data came since the last failure
  bool opened_ = false;
  bool trying_ = false;  // half-open, and one is at it
  Nanos down_since_ = 0;
  Nanos next_try_ = INT64_MIN;
  std::string last_error_;
};

}  // namespace tapedeck
