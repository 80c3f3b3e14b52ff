#include "net/budget.hpp"

#include <algorithm>
#include <chrono>
#include <tapedeck/layer/core.hpp>

#include "base/cancel.hpp"
#include "base/text.hpp"
#include "net/account_share.hpp"

namespace tapedeck {
namespace {

constexpr std::int64_t kSliceNs = 50'000'000;  // how late a cancellation or an overtaking is noticed
constexpr std::int64_t kFirstHoldNs = 2'000'000'000;
constexpr std::int64_t kLongestHoldNs = 120'000'000'000;
constexpr std::int64_t kLongestNs = INT64_MAX / 8;  // sums of a few times must not overflow
constexpr std::size_t kMaxBudgets = 32;
constexpr std::uint64_t kMaxCapacity = UINT64_MAX / 8;

[[noreturn]] void invalid(const std::string &account, const std::string &what) {
  throw Error(TDK_INVALID_ARGUMENT, "spending on account " + account + ": " + what);
}

}  // namespace

void Spending::answered() noexcept {
  if (account_ != nullptr) std::exchange(account_, nullptr)->answered(charges_, lease_);
}

void Spending::swap(Spending &other) noexcept {
  std::swap(account_, other.account_);
  std::swap(waited_ns_, other.waited_ns_);
  charges_.swap(other.charges_);
  std::swap(lease_, other.lease_);
  shared_.swap(other.shared_);
}

Account::Account(std::string name, Clock &clock) : name_(std::move(name)), clock_(clock) {}

Account::~Account() = default;

std::uint64_t Account::define(std::string_view name, WindowKind kind, std::uint64_t capacity,
                              std::int64_t window_ns) {
  if (name.empty()) invalid(name_, "a budget needs a name");
  if (capacity == 0 || capacity > kMaxCapacity || window_ns <= 0 || window_ns > kLongestNs)
    invalid(name_, "budget " + printable(name) + " needs a capacity of at least 1 and a window above 0");
  const std::lock_guard lock(mutex_);
  changed_.notify_all();
  for (std::size_t i = 0; i < budgets_.size(); ++i)
    if (budgets_[i].name() == name) {
      budgets_[i].redefine(kind, capacity, window_ns, now());
      return i + 1;
    }
  if (budgets_.size() >= kMaxBudgets) invalid(name_, "more than 32 budgets");
  budgets_.emplace_back(std::string(name), kind, capacity, window_ns);
  return budgets_.size();
}

void Account::observe(std::uint64_t handle, std::uint64_t used, const Spending *source) {
  const std::lock_guard lock(mutex_);
  if (handle == 0 || handle > budgets_.size()) invalid(name_, "no budget has this handle");
  const std::size_t i = handle - 1;
  const bool known = source != nullptr && i < source->charges_.size();
  budgets_[i].observe(used, known ? &source->charges_[i] : nullptr, now());
  const bool granted = source != nullptr && source->lease_ != 0 && i < source->shared_.size();
  if (share_) share_->saw(static_cast<std::uint32_t>(i), used, granted ? &source->shared_[i] : nullptr);
  changed_.notify_all();
}

void Account::hold_until(std::int64_t until_mono, std::string_view reason) {
  if (until_mono <= hold_until_mono_) return;
  hold_until_mono_ = until_mono;
  hold_reason_ = printable(reason);
}

void Account::hold_all(std::int64_t until_mono, std::string_view reason) {
  hold_until(until_mono, reason);
  if (!share_) return;
  share_->held(until_mono, hold_reason_);
  share_->hurry();
}

void Account::hold(std::int64_t wait_ns, std::string_view reason) {
  const std::lock_guard lock(mutex_);
  hold_all(clock_.monotonic_ns() + std::clamp<std::int64_t>(wait_ns, 0, kLongestNs), reason);
}

std::int64_t Account::hold_growing(std::string_view reason) {
  const std::lock_guard lock(mutex_);
  const std::int64_t mono = clock_.monotonic_ns();
  if (hold_until_mono_ <= mono) {
    next_growing_hold_ns_ = std::clamp(next_growing_hold_ns_ * 2, kFirstHoldNs, kLongestHoldNs);
    hold_all(mono + next_growing_hold_ns_, reason);
  }
  return hold_until_mono_ - mono;
}

std::vector<std::uint64_t> Account::amounts(std::span<const tdk_cost> costs, std::uint64_t weight) const {
  std::vector<std::uint64_t> out(budgets_.size(), std::max<std::uint64_t>(weight, 1));
  std::vector<bool> named(budgets_.size());
  for (const tdk_cost &cost : costs) {
    if (cost.budget == 0 || cost.budget > budgets_.size()) invalid(name_, "no budget has this handle");
    const std::size_t i = cost.budget - 1;
    const std::uint64_t before = named[i] ? out[i] : 0;
    out[i] = cost.amount > kMaxCapacity ? kMaxCapacity + 1 : std::min(before + cost.amount, kMaxCapacity + 1);
    named[i] = true;
  }
  for (std::size_t i = 0; i < out.size(); ++i)
    if (out[i] > budgets_[i].capacity())
      invalid(name_, "a request of " + std::to_string(out[i]) + " units never fits into budget " +
                         budgets_[i].name() + " of " + std::to_string(budgets_[i].capacity()) +
                         "; ask for less at once");
  return out;
}

std::int64_t Account::wait_for(const std::vector<std::uint64_t> &amounts, Instant at) {
  std::int64_t out = hold_until_mono_ > at.mono ? hold_until_mono_ - at.mono : 0;
  for (std::size_t i = 0; i < amounts.size(); ++i) {
    const std::int64_t ns = budgets_[i].wait_for(amounts[i], at);
    if (ns == BudgetWindow::kUnknown) return ns;
    out = std::max(out, ns);
  }
  return out;
}

void Account::give_up(tdk_status status) const {
  throw Error(status, std::string(status == TDK_TIMEOUT ? "the caller's time is up" : "cancelled") +
                          " while waiting for the budget of account " + name_);
}

void Account::pause(std::unique_lock<std::mutex> &lock, std::int64_t ns, const tdk_cancel *cancel) {
  if (ns == BudgetWindow::kUnknown) {  // an answer, or whoever is first, will notify
    changed_.wait_for(lock, std::chrono::nanoseconds(kSliceNs));
    return;
  }
  lock.unlock();
  const tdk_status status = clock_.sleep_ns(std::min(ns, kSliceNs), cancel);
  lock.lock();
  if (status != TDK_OK) give_up(status);
}

// Only who is first sleeps on the clock: a ManualClock is moved by sleeping, so that others must not.
void Account::await_turn(Turn &turn, const tdk_cancel *cancel, std::unique_lock<std::mutex> &lock) {
  for (;;) {
    if (const tdk_status status = status_of(cancel); status != TDK_OK) give_up(status);
    refuse_long_hold();
    const auto needed = amounts(turn.costs, turn.weight);  // again each time: budgets may have been redefined
    std::int64_t wait_ns = BudgetWindow::kUnknown;
    if (*queue_.begin() == turn.ticket) wait_ns = share_ ? wait_shared(turn, needed, lock) : wait_for(needed, now());
    if (wait_ns == 0) return;
    pause(lock, wait_ns, cancel);
  }
}

// Nobody wants to hang for the three days of a ban: the caller decides what else to do.
void Account::refuse_long_hold() const {
  if (hold_until_mono_ == INT64_MIN) return;  // there never was one: taking the time off it would overflow
  const std::int64_t left_ns = hold_until_mono_ - clock_.monotonic_ns();
  if (left_ns <= kLongestHold) return;
  throw Error(TDK_RATE_LIMITED, name_ + ": the vendor wants no request for " +
                                    std::to_string(left_ns / 1'000'000'000) + " s more (" + hold_reason_ + ")",
              left_ns / 1'000'000);
}

Spending Account::acquire(std::span<const tdk_cost> costs, std::uint64_t weight, Priority priority,
                          const tdk_cancel *cancel) {
  std::unique_lock lock(mutex_);
  const std::int64_t began = clock_.monotonic_ns();
  struct Place {  // leaves the queue whatever happens, and lets the next one look
    Account &account;
    std::set<Ticket>::iterator at;
    ~Place() {
      --account.tally_.waiting[static_cast<std::size_t>(at->first)];
      account.queue_.erase(at);
      account.changed_.notify_all();
    }
  } place{*this, queue_.emplace(priority, next_ticket_++).first};
  ++tally_.waiting[static_cast<std::size_t>(priority)];
  Turn turn{*place.at, costs, weight};
  await_turn(turn, cancel, lock);
  const Instant at = now();
  Spending out;
  out.charges_.reserve(budgets_.size());
  const auto needed = amounts(costs, weight);
  for (std::size_t i = 0; i < needed.size(); ++i) out.charges_.push_back(budgets_[i].charge(needed[i], at));
  if (share_) share_->took(needed, turn.lease, at);
  out.account_ = this;
  out.lease_ = turn.lease;
  out.shared_ = std::move(turn.shared);
  out.waited_ns_ = at.mono - began;
  tally_.waited_ns += out.waited_ns_;
  ++tally_.requests;
  minute_.add(at.mono);
  return out;
}

void Account::answered(const std::vector<Charge> &charges, std::uint64_t lease) noexcept {
  const std::lock_guard lock(mutex_);
  const Instant at = now();
  if (share_) share_->ended(charges, lease, at);
  for (std::size_t i = 0; i < charges.size(); ++i) budgets_[i].answered(charges[i], at);
  if (!queue_.empty()) changed_.notify_all();
}

void Account::note_answer(int status, std::int64_t latency_ns) {
  const std::lock_guard lock(mutex_);
  if (status < 400) next_growing_hold_ns_ = 0;
  tally_.last_status = status;
  tally_.last_latency_ns = latency_ns;
  (status < 400 ? tally_.last_success_ns : tally_.last_error_ns) = clock_.now_ns();
  if (status >= 400) tally_.last_error = "HTTP " + std::to_string(status);
}

void Account::note_failure(std::string_view error) {
  const std::lock_guard lock(mutex_);
  ++tally_.failures;
  tally_.last_error = error;
  tally_.last_error_ns = clock_.now_ns();
}

}  // namespace tapedeck
