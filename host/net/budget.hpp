// What one vendor account may spend: its budgets, its holds and the order in which requests go.
#pragma once

#include <tapedeck/abi.h>

#include <array>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "net/budget_window.hpp"
#include "net/minute_counter.hpp"
#include "net/priority.hpp"

namespace tapedeck {

class Account;
class AccountShare;
class SharedBudget;
struct ShareSettings;

// What a request has taken. Counts as under way until answered() or its end; keep it no longer than
// the request. Lifecycle: move only, ends before its account. Threads: one at a time.
class Spending {
 public:
  Spending() = default;
  Spending(Spending &&other) noexcept { swap(other); }
  Spending &operator=(Spending &&other) noexcept {
    swap(other);
    return *this;
  }
  ~Spending() { answered(); }

  // The vendor is done with the request, or nothing will come any more. Further calls do nothing.
  void answered() noexcept;
  std::int64_t waited_ns() const noexcept { return waited_ns_; }

 private:
  friend class Account;
  void swap(Spending &other) noexcept;

  Account *account_ = nullptr;  // NULL once answered
  std::int64_t waited_ns_ = 0;
  std::vector<Charge> charges_;  // by budget, in the order of define()
  std::uint64_t lease_ = 0;      // of the grant where the account is shared; 0: nobody was asked
  std::vector<Charge> shared_;   // with a lease: the same as charges_, of all hosts together
};

struct BudgetSnapshot {
  std::string name;
  WindowKind kind = WindowKind::Sliding;
  std::uint64_t capacity = 0;
  std::int64_t window_ns = 0;
  std::uint64_t used = 0;      // with in_flight
  std::uint64_t in_flight = 0;
  std::int64_t resets_at_ns = 0;  // wall clock; 0: nothing is used
};

struct AccountSnapshot {
  std::string name;
  std::vector<BudgetSnapshot> budgets;
  std::int64_t hold_until_ns = 0;  // wall clock; 0: no hold
  std::string hold_reason;
  std::array<std::uint32_t, kPriorities> waiting{};
  std::int64_t waited_ns = 0;  // of all requests together
  std::uint64_t requests = 0;
  std::uint64_t failures = 0;  // tries without any answer
  int last_status = 0;         // HTTP status of the last answer, 0: none yet
  std::int64_t last_latency_ns = 0;
  std::string last_error;  // redacted; belongs to last_error_ns, whatever came since
  std::uint64_t requests_last_minute = 0;
  std::int64_t last_success_ns = 0;  // wall clock of the last answer below 400, 0: none
  std::int64_t last_error_ns = 0;    // wall clock of the last failure or answer from 400 on, 0: none
  std::uint32_t hosts = 0;  // that share the account, 0: it is not shared
  bool alone = false;       // it should be, but the others cannot be reached
};

// Lifecycle: outlives its Spendings. Threads: any.
class Account {
 public:
  static constexpr std::int64_t kLongestHold = 150'000'000'000;  // ns that acquire() waits for a hold to end
  Account(std::string name, Clock &clock);
  ~Account();
  Account(const Account &) = delete;
  Account &operator=(const Account &) = delete;

  // Makes a budget of `capacity` units per `window_ns`, or changes the one of that name. Returns its
  // handle, never 0. Throws Error(TDK_INVALID_ARGUMENT): capacity 0, window <= 0, no name, over 32.
  std::uint64_t define(std::string_view name, WindowKind kind, std::uint64_t capacity, std::int64_t window_ns);

  // The vendor says `used` units of the budget's window are spent by all clients together. `source` is
  // the request whose answer said so, NULL when unknown: then the count is corrected upward only.
  // Throws Error(TDK_INVALID_ARGUMENT): no such handle.
  void observe(std::uint64_t handle, std::uint64_t used, const Spending *source = nullptr);

  // No request leaves for `wait_ns` from now; a shorter hold does not end a longer one.
  void hold(std::int64_t wait_ns, std::string_view reason);
  // The hold after a refusal that named no time: 2 s, doubled with each refusal in a row up to 2 min.
  // Refusals that come while it lasts belong to the same one. Returns what is left of it, ns.
  std::int64_t hold_growing(std::string_view reason);

  // Blocks until no hold is left and every budget has room, then takes `costs` from the budgets they
  // name and `weight` (0 counts as 1) from all others. Live goes before Repair before Backfill, within
  // a class who came first; nobody overtakes. Throws Error: TDK_RATE_LIMITED (at once, when a hold is
  // longer than kLongestHold), TDK_CANCELLED, TDK_TIMEOUT (noticed within 50 ms), TDK_INVALID_ARGUMENT
  // (unknown handle, or more than a budget's capacity).
  Spending acquire(std::span<const tdk_cost> costs, std::uint64_t weight, Priority priority,
                   const tdk_cancel *cancel);

  // Time (ns) that `count` requests of these costs take from now, when nobody else asks and answers
  // come at once. Throws as acquire().
  std::int64_t estimate(std::span<const tdk_cost> costs, std::uint64_t weight, std::uint64_t count);

  // For /sources: what the last request came to. `error` is redacted by the caller.
  void note_answer(int status, std::int64_t latency_ns);
  void note_failure(std::string_view error);

  // From now on its limits are kept together with other hosts: a request asks them first, which takes one exchange,
  // and what ends is reported with the next one. When they cannot be reached this host goes on with its part of
  // every limit. Called again, it only takes another way to the same others.
  void share(ShareSettings settings);
  // Tells the others the last, and gives the way to them up for good; what is under way through it ends first.
  void leave_others();

  AccountSnapshot snapshot();
  const std::string &name() const noexcept { return name_; }

 private:
  friend class Spending;
  using Ticket = std::pair<Priority, std::uint64_t>;  // the smallest goes first

  struct Turn {  // of one call of acquire()
    Ticket ticket;
    std::span<const tdk_cost> costs;
    std::uint64_t weight;
    std::int64_t ask_at = INT64_MIN;  // monotonic: when the others may be asked again
    std::uint64_t lease = 0;
    std::vector<Charge> shared{};
  };

  void answered(const std::vector<Charge> &charges, std::uint64_t lease) noexcept;
  std::vector<std::uint64_t> amounts(std::span<const tdk_cost> costs, std::uint64_t weight) const;
  // ns; BudgetWindow::kUnknown: until something happens.
  std::int64_t wait_for(const std::vector<std::uint64_t> &amounts, Instant at);
  void await_turn(Turn &turn, const tdk_cancel *cancel, std::unique_lock<std::mutex> &lock);
  std::int64_t wait_shared(Turn &turn, const std::vector<std::uint64_t> &amounts, std::unique_lock<std::mutex> &lock);
  std::int64_t ask_others(Turn &turn, const std::vector<std::uint64_t> &amounts, std::unique_lock<std::mutex> &lock);
  void beat();
  void report();
  void refuse_long_hold() const;
  void pause(std::unique_lock<std::mutex> &lock, std::int64_t ns, const tdk_cancel *cancel);
  void hold_until(std::int64_t until_mono, std::string_view reason);
  void hold_all(std::int64_t until_mono, std::string_view reason);  // and tells the others
  [[noreturn]] void give_up(tdk_status status) const;
  Instant now() { return {clock_.now_ns(), clock_.monotonic_ns()}; }

  const std::string name_;
  Clock &clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<BudgetWindow> budgets_;  // handle - 1 is the index; budgets are never removed
  std::set<Ticket> queue_;
  std::uint64_t next_ticket_ = 0;
  std::int64_t hold_until_mono_ = INT64_MIN;
  std::string hold_reason_;
  std::int64_t next_growing_hold_ns_ = 0;
  MinuteCounter minute_;
  AccountSnapshot tally_;  // the counters of it
  std::unique_ptr<AccountShare> share_;  // NULL: not shared; set once. Ends first: its thread uses the rest
};

}  // namespace tapedeck
