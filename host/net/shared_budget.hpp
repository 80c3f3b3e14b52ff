// The port to where several hosts keep the limits of one vendor account together: abi/sharedbudget.h in C++.
#pragma once

#include <tapedeck/abi.h>

#include <cstdint>
#include <string>
#include <vector>

#include "net/budget_window.hpp"
#include "net/priority.hpp"

namespace tapedeck {

struct SharedAsk {
  struct Limit {
    std::string name;
    WindowKind kind = WindowKind::Sliding;
    std::uint64_t capacity = 0;
    std::int64_t window_ns = 0;
    std::uint64_t amount = 0, alone = 0, own = 0, known = 0;
  };
  struct Sight {
    std::uint32_t limit = 0;
    std::uint64_t used = 0;
    std::uint64_t amount = 0, finished_before = 0;
    std::int64_t window_index = TDK_NULL_I64;
  };
  std::string account, host;
  bool take = false;
  Priority priority = Priority::Backfill;
  std::uint64_t lease = 0;
  std::uint64_t epoch = 0;
  std::vector<Limit> limits;
  std::vector<tdk_shared_end> ends;
  std::vector<Sight> sights;
  std::int64_t hold_ns = 0;
  std::string hold_reason;
  std::int64_t patience_ns = 0, grace_ns = 0, lease_ns = 0;
};

struct SharedAnswer {
  struct Use {
    std::uint64_t used = 0, in_flight = 0, finished_before = 0;
    std::int64_t window_index = 0;
  };
  bool granted = false;
  std::uint64_t epoch = 0;
  std::int64_t wait_ns = 0;
  std::uint32_t hosts = 1;
  std::int64_t hold_ns = 0;
  std::string hold_reason;
  std::vector<Use> uses;
};

// Threads: any. Failures: tapedeck::Error when it cannot be reached, soon.
class SharedBudget {
 public:
  virtual ~SharedBudget() = default;
  virtual SharedAnswer exchange(const SharedAsk &ask, const tdk_cancel *cancel) = 0;
};

}  // namespace tapedeck
