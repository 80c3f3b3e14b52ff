// The looking-on side of an account: what stands where, and how long something would take.
#include <algorithm>

#include "net/account_share.hpp"
#include "net/budget.hpp"

namespace tapedeck {
namespace {

// Windows filled one after the other; beyond this many the time is extrapolated, for by then they
// repeat themselves.
constexpr int kSteps = 100'000;

struct LookAhead {
  std::vector<BudgetWindow> budgets;
  const std::vector<std::uint64_t> amounts;
  Instant at;

  void skip(std::int64_t ns) {
    at.wall += ns;
    at.mono += ns;
  }
  void wait_for_room() {
    for (std::int64_t wait = 1; wait > 0; skip(wait)) {
      wait = 0;
      for (std::size_t i = 0; i < amounts.size(); ++i)
        wait = std::max(wait, budgets[i].wait_for(amounts[i], at));
    }
  }
  // Sends as many of `count` requests as fit at this moment.
  std::uint64_t send(std::uint64_t count) {
    for (std::size_t i = 0; i < amounts.size(); ++i)
      count = std::min(count, budgets[i].room_for(amounts[i], at));
    for (std::size_t i = 0; i < amounts.size(); ++i)
      budgets[i].answered(budgets[i].charge(amounts[i] * count, at), at);
    return count;
  }
};

}  // namespace

AccountSnapshot Account::snapshot() {
  const std::lock_guard lock(mutex_);
  const Instant at = now();
  AccountSnapshot out = tally_;
  out.name = name_;
  out.requests_last_minute = minute_.total(at.mono);
  for (BudgetWindow &b : budgets_)
    out.budgets.push_back({b.name(), b.kind(), b.capacity(), b.window_ns(), b.used(at), b.in_flight(), b.resets_at(at)});
  if (share_) {
    out.hosts = share_->hosts();
    out.alone = share_->alone();
  }
  if (hold_until_mono_ > at.mono) {
    out.hold_until_ns = at.wall + (hold_until_mono_ - at.mono);
    out.hold_reason = hold_reason_;
  }
  return out;
}

std::int64_t Account::estimate(std::span<const tdk_cost> costs, std::uint64_t weight, std::uint64_t count) {
  std::unique_lock lock(mutex_);
  LookAhead ahead{budgets_, amounts(costs, weight), now()};
  const std::int64_t began = ahead.at.mono;
  const std::int64_t held_until = std::max(hold_until_mono_, began);
  lock.unlock();
  for (BudgetWindow &b : ahead.budgets) b.settle(ahead.at);
  ahead.skip(held_until - began);
  std::uint64_t sent = 0;
  for (int step = 0; sent < count && step < kSteps; ++step) {
    ahead.wait_for_room();
    sent += ahead.send(count - sent);
  }
  const std::int64_t spent = ahead.at.mono - held_until;
  const double scale = sent < count ? static_cast<double>(count) / static_cast<double>(sent) : 1;
  return held_until - began + static_cast<std::int64_t>(static_cast<double>(spent) * scale);
}

}  // namespace tapedeck
