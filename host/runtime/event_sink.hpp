// Where events are published to: abi/eventsink.h in C++.
#pragma once

#include <tapedeck/abi.h>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "runtime/outbox.hpp"

namespace tapedeck {

// An event that was not acknowledged, and why.
struct EventFailure {
  std::size_t index = 0;  // among those that were handed over
  tdk_status status = TDK_OK;
  std::string why;
  // No try will ever help; else it is to be tried again.
  bool lasting() const noexcept { return status == TDK_INVALID_ARGUMENT || status == TDK_BAD_DATA; }
};

// Lifecycle: one connection. Threads: one call at a time.
class EventSink {
 public:
  virtual ~EventSink() = default;
  // Returns those that were not acknowledged, ascending; all others were. Throws Error when the sink cannot be used
  // at present, or was called off: then nothing counts as acknowledged, though it may have arrived.
  virtual std::vector<EventFailure> publish(std::span<const OutboxEntry> events, const tdk_cancel *cancel) = 0;
  virtual void health() = 0;
  // False once it hangs: then a new one is wanted.
  virtual bool usable() const { return true; }
};

}  // namespace tapedeck
