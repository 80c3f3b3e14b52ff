// Polling with a deadline, in place of sleeping and hoping.
#pragma once

#include <poll.h>

#include <chrono>

namespace tapedeck::integration {

using Millis = std::chrono::milliseconds;
using namespace std::chrono_literals;

// True as soon as `condition` is; false when the deadline passes first.
template <class Condition>
bool wait_until(Condition condition, Millis deadline = 60s, int poll_ms = 5) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    ::poll(nullptr, 0, poll_ms);
  }
  return true;
}

}  // namespace tapedeck::integration
