// The side of an account that faces the hosts it is shared with.
#include <tapedeck/layer/core.hpp>

#include <algorithm>

#include "net/account_share.hpp"
#include "net/budget.hpp"

namespace tapedeck {
namespace {

constexpr std::int64_t kSoonNs = 20'000'000;  // when nobody knows how long it takes

std::int64_t longer(std::int64_t a, std::int64_t b) {
  return a == BudgetWindow::kUnknown || b == BudgetWindow::kUnknown ? BudgetWindow::kUnknown : std::max(a, b);
}

}  // namespace

void Account::share(ShareSettings settings) {
  const std::lock_guard lock(mutex_);
  if (share_) share_->reopen(std::move(settings.open));
  else share_ = std::make_unique<AccountShare>(std::move(settings), clock_);
}

void Account::leave_others() {
  AccountShare *share = nullptr;
  bool in_touch = false;
  {
    const std::lock_guard lock(mutex_);
    share = share_.get();
    in_touch = share != nullptr && share->in_touch();
  }
  if (share == nullptr) return;
  share->stop();
  if (in_touch) report();  // or what has ended would count as under way for the others
  share->reopen([]() -> std::unique_ptr<SharedBudget> {
    throw Error(TDK_UNAVAILABLE, "the way to the other hosts was given up");
  });
}

// ns until `turn` may try again, 0: it may go.
std::int64_t Account::wait_shared(Turn &turn, const std::vector<std::uint64_t> &amounts,
                                  std::unique_lock<std::mutex> &lock) {
  const Instant at = now();
  share_->follow(budgets_, at);
  if (share_->alone()) return longer(wait_for(amounts, at), share_->wait_alone(amounts, at));
  if (hold_until_mono_ > at.mono) return hold_until_mono_ - at.mono;
  if (turn.ask_at > at.mono) return turn.ask_at - at.mono;
  return ask_others(turn, amounts, lock);
}

std::int64_t Account::ask_others(Turn &turn, const std::vector<std::uint64_t> &amounts,
                                 std::unique_lock<std::mutex> &lock) {
  SharedAsk ask = share_->compose(budgets_, now());
  ask.take = true;
  ask.priority = turn.ticket.first;
  ask.lease = share_->next_lease();
  for (std::size_t i = 0; i < amounts.size(); ++i) ask.limits[i].amount = amounts[i];
  lock.unlock();
  share_->start([this] { beat(); });
  std::string failure;
  SharedAnswer answer;
  try {
    answer = share_->exchange(ask, nullptr);
  } catch (const std::exception &e) {
    failure = e.what();
  }
  lock.lock();
  const Instant at = now();
  if (!failure.empty()) {
    share_->failed(ask, failure, budgets_, at);
    return 1;
  }
  share_->heard(ask, answer, budgets_, at);
  if (answer.hold_ns > 0) hold_until(at.mono + answer.hold_ns, answer.hold_reason);
  if (!answer.granted) {
    turn.ask_at = at.mono + std::clamp(answer.wait_ns < 0 ? kSoonNs : answer.wait_ns, std::int64_t{1}, ask.patience_ns);
    return turn.ask_at - at.mono;
  }
  turn.lease = ask.lease;
  for (std::size_t i = 0; i < answer.uses.size(); ++i)
    turn.shared.push_back({ask.limits[i].amount, answer.uses[i].finished_before, answer.uses[i].window_index});
  return 0;
}

// On the share's thread.
void Account::beat() {
  {
    const std::lock_guard lock(mutex_);
    if (!share_->due(clock_.monotonic_ns())) return;
  }
  report();
}

void Account::report() {
  std::unique_lock lock(mutex_);
  const SharedAsk ask = share_->compose(budgets_, now());
  lock.unlock();
  std::string failure;
  SharedAnswer answer;
  try {
    answer = share_->exchange(ask, nullptr);
  } catch (const std::exception &e) {
    failure = e.what();
  }
  lock.lock();
  const Instant at = now();
  if (failure.empty()) {
    share_->heard(ask, answer, budgets_, at);
    if (answer.hold_ns > 0) hold_until(at.mono + answer.hold_ns, answer.hold_reason);
  } else {
    share_->failed(ask, failure, budgets_, at);
  }
  changed_.notify_all();
}

}  // namespace tapedeck
