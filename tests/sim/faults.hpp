// Faults that a test orders: which requests they hit, and what they do to the reply.
#pragma once

#include <atomic>
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
  // Of streams only.
  Cut,
  ResetMidFrame,
  HalfOpen,
  Mute,
  Refuse,
  GarbageJson,
  HugeFrame,
  Duplicates,
  Reorder,
  LateClose,
  MassReconnect,
  ServerShutdown,
};

/// Whether a kind hits streams: never, when the fault says so, or always.
enum class StreamUse { Never, Optional, Always };
StreamUse stream_use(FaultKind kind);

/// `delay`, `truncated_json`, ...
std::string_view name_of(FaultKind kind);
std::optional<FaultKind> find_fault_kind(std::string_view name);
/// All names, comma separated, for messages.
std::string fault_kind_names();

struct Fault {
  std::int64_t id = 0;
  std::string vendor;
  std::string path;    ///< part of the path below the vendor's prefix; empty: any
  std::string symbol;  ///< the query's symbol parameter, or a part of the path; empty: any
  FaultKind kind = FaultKind::Delay;
  std::int64_t count = 1;  ///< -1: until removed
  double probability = 1.0;
  int status = 500;
  std::int64_t delay_ms = 0;
  std::int64_t after = 0;          ///< matching requests that still pass first
  std::int64_t retry_after_s = 0;  ///< 0: the vendor's own for 429 and 418
  std::int64_t injected = 0;

  bool on_stream = false;        ///< hits streams, not requests; see stream_use()
  std::string stream;            ///< part of a stream's name; empty: any
  std::int64_t duration_ms = 0;  ///< by the simulator's clock; 0: no end
  bool now = false;              ///< hits what is open at once instead of waiting for a message
  int close_code = 1001;
  std::string reason;
  std::int64_t bytes = 1 << 24;       ///< of a huge frame
  std::int64_t until_ms = INT64_MAX;  ///< set by the plan: when it expires
};

/// What a stream is about to do, for a fault to match.
struct StreamMoment {
  std::string_view vendor;
  std::string_view path;
  std::string_view stream;  ///< empty at the upgrade
  bool closing = false;
  std::int64_t now_ms = 0;
};

/// Whether the fault is about this stream, by its name and symbol.
bool names(const Fault &fault, std::string_view stream);
/// Whether an order for what is open concerns a connection with these subscriptions.
bool concerns(const Fault &fault, std::string_view vendor, std::string_view path,
              std::span<const std::string> streams);

/// Threads: all functions from any thread. Random choices follow the seed.
class FaultPlan {
 public:
  explicit FaultPlan(std::uint64_t seed) : seed_(seed) {}

  /// Returns the fault's id. With a duration it expires that long after `now_ms`.
  std::int64_t add(Fault fault, std::int64_t now_ms = 0);
  /// The first fault, by age, that hits this request; counts it. `random` of the result is for its
  /// bytes.
  struct Hit {
    Fault fault;
    std::uint64_t random;
  };
  std::optional<Hit> take(std::string_view vendor, const Request &request);
  /// The same for a data message of a stream.
  std::optional<Hit> take_message(const StreamMoment &moment);
  /// The same for an upgrade: only Refuse.
  std::optional<Hit> take_upgrade(const StreamMoment &moment);
  /// Throws the dice for one connection that an order with `now` concerns.
  std::optional<Hit> take_connection(const Fault &fault);
  std::vector<Fault> list() const;
  /// Returns how many there were.
  std::size_t clear();

 private:
  std::uint64_t next_random();
  std::optional<Hit> hit(Fault &fault);

  const std::uint64_t seed_;
  mutable std::mutex mutex_;
  std::vector<Fault> faults_;
  std::int64_t next_id_ = 1;
  std::uint64_t drawn_ = 0;
  std::atomic<bool> any_stream_{false};
};

}  // namespace tapedeck::sim
