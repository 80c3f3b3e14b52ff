// What the parts of a copy have in common: both stores, patience, and how far it is.
#pragma once

#include <tapedeck/layer/core.hpp>

#include <atomic>

#include "base/cancel.hpp"
#include "ingest/copy/pretend_clock.hpp"
#include "ingest/copy/slice_walk.hpp"
#include "runtime/storage.hpp"
#include "runtime/transfer.hpp"

namespace tapedeck {

inline constexpr TimeRange kWholeTime{INT64_MIN / 2, INT64_MAX / 2};

struct CopyProgress {
  std::atomic<std::uint64_t> rows{0}, total{0};  // rows looked at; 0: unknown how many there are
  std::atomic<bool> comparing{false};
};

struct CopyPorts {
  Storage &from;
  Storage &to;
  PretendClock &to_clock;  // what `to` takes the time from
  Clock &clock;
  const tdk_cancel *cancel;
  CopyProgress &progress;
  std::size_t slice_rows = kSliceRows;
};

inline void throw_when_cancelled(const CopyPorts &ports) {
  if (const tdk_status s = status_of(ports.cancel); s != TDK_OK) throw Error(s, "copying: interrupted");
}

// Once more after a pause when the store is busy or away, for about half a minute. What is done again must be
// something that can be.
template <class F>
auto patiently(const CopyPorts &ports, F f) {
  for (Nanos pause = kSecond;; pause *= 2) try {
      return f();
    } catch (const Error &e) {
      const bool passes = e.code() == TDK_BUSY || e.code() == TDK_UNAVAILABLE;
      if (!passes || pause > 16 * kSecond) throw;
      if (const tdk_status s = ports.clock.sleep_ns(pause, ports.cancel); s != TDK_OK) throw Error(s, "copying: interrupted");
    }
}

}  // namespace tapedeck
