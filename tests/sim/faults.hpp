// Faults that a test orders: which requests they hit, and what they do to the reply.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/message.hpp"

namespace tapedeck::sim {

enum class FaultKind {
  Delay,
  Status,
  Reset,
  Close,
  TruncatedJson,
  Html200,
  Empty200,
  EmptyBody,
  DuplicateRows,
  UnorderedRows,
  ShortPage,
  Garbage,
  SlowDrip,
  Hang,
};

/// `delay`, `truncated_json`, ...
std::string_view name_of(FaultKind kind);
std::optional<FaultKind> find_fault_kind(std::string_view name);
/// All names, comma separated, for messages.
std::string fault_kind_names();

struct Fault {
  std::int64_t id = 0;
  std::string vendor;
  std::string path;    ///< part of the path below the vendor's prefix; empty: any
  std::string symbol;  ///< value of the query's symbol parameter; empty: any
  FaultKind kind = FaultKind::Delay;
  std::int64_t count = 1;  ///< -1: until removed
  double probability = 1.0;
  int status = 500;
  std::int64_t delay_ms = 0;
  std::int64_t after = 0;          ///< matching requests that still pass first
  std::int64_t retry_after_s = 0;  ///< 0: the vendor's own for 429 and 418
  std::int64_t injected = 0;
};

/// Threads: all functions from any thread. Random choices follow the seed.
class FaultPlan {
 public:
  explicit FaultPlan(std::uint64_t seed) : seed_(seed) {}

  /// Returns the fault's id.
  std::int64_t add(Fault fault);
  /// The first fault, by age, that hits this request; counts it. `random` of the result is for its
  /// bytes.
  struct Hit {
    Fault fault;
    std::uint64_t random;
  };
  std::optional<Hit> take(std::string_view vendor, const Request &request);
  std::vector<Fault> list() const;
  /// Returns how many there were.
  std::size_t clear();

 private:
  std::uint64_t next_random();

  const std::uint64_t seed_;
  mutable std::mutex mutex_;
  std::vector<Fault> faults_;
  std::int64_t next_id_ = 1;
  std::uint64_t drawn_ = 0;
};

}  // namespace tapedeck::sim
