// One limit of a vendor account: so many units in a window of time.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

namespace tapedeck {

enum class WindowKind : std::uint32_t { Sliding = 0, Fixed = 1 };  // as TDK_BUDGET_*

// Now on both clocks, ns: fixed windows follow the wall clock, sliding ones must not jump with it.
struct Instant {
  std::int64_t wall = 0;
  std::int64_t mono = 0;
};

// What a request took out of one window, kept until it is answered.
struct Charge {
  std::uint64_t amount = 0;
  std::uint64_t finished_before = 0;  // units of the requests that were answered before this one left
  std::int64_t window_index = 0;      // of a fixed window, when the request left
};

// Counts a request from its leaving, and until `window` after its answer: the vendor counts it at a
// moment between the two that nobody here knows. Threads: the owner's lock.
class BudgetWindow {
 public:
  static constexpr std::int64_t kUnknown = -1;
  BudgetWindow(std::string name, WindowKind kind, std::uint64_t capacity, std::int64_t window_ns);

  // Changes the limit; what is spent stays spent.
  void redefine(WindowKind kind, std::uint64_t capacity, std::int64_t window_ns, Instant now);

  std::uint64_t used(Instant now);
  // How many requests of `amount` fit now; UINT64_MAX when they cost nothing.
  std::uint64_t room_for(std::uint64_t amount, Instant now);
  // How long (ns) until `amount` fits: 0 now, kUnknown when only an answer can make room.
  std::int64_t wait_for(std::uint64_t amount, Instant now);
  Charge charge(std::uint64_t amount, Instant now);
  void answered(const Charge &charge, Instant now);
  // The vendor says that `vendor_used` units of its window are spent, in the answer to the request of
  // `source`, or NULL when it is not known in which: then the count is only ever corrected upward.
  void observe(std::uint64_t vendor_used, const Charge *source, Instant now);
  // Wall-clock time when the window, or the oldest units in it, will be free again; 0: nothing used.
  std::int64_t resets_at(Instant now);
  // Takes every request under way for answered: for looking ahead on a copy.
  void settle(Instant now);

  const std::string &name() const noexcept { return name_; }
  WindowKind kind() const noexcept { return kind_; }
  std::uint64_t capacity() const noexcept { return capacity_; }
  std::int64_t window_ns() const noexcept { return window_ns_; }
  std::uint64_t in_flight() const noexcept { return in_flight_; }

 private:
  struct Entry {
    std::int64_t first;  // mono ns of the first and the last units merged into it
    std::int64_t last;
    std::uint64_t amount;
  };
  void roll(Instant now);
  void add(std::uint64_t amount, std::int64_t mono);
  void correct(std::uint64_t target, Instant now);
  std::int64_t index_at(std::int64_t wall) const noexcept;

  std::string name_;
  WindowKind kind_;
  std::uint64_t capacity_;
  std::int64_t window_ns_;
  std::uint64_t in_flight_ = 0;
  std::uint64_t left_ = 0;      // units of all requests that ever left,
  std::uint64_t finished_ = 0;  // and of those that were answered
  std::uint64_t settled_ = 0;   // answered units that still count
  std::int64_t index_ = INT64_MIN;
  std::deque<Entry> log_;  // sliding only: settled_ by time
};

}  // namespace tapedeck
