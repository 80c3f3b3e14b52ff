#include "net/budget_window.hpp"

#include <algorithm>

namespace tapedeck {
namespace {

// Units that come closer together than this part of a window become one entry, so that a budget of
// 300,000 requests does not keep 300,000 entries. It delays their return by the same part at most.
constexpr std::int64_t kGrains = 1024;

}  // namespace

BudgetWindow::BudgetWindow(std::string name, WindowKind kind, std::uint64_t capacity,
                           std::int64_t window_ns)
    : name_(std::move(name)), kind_(kind), capacity_(capacity), window_ns_(window_ns) {}

std::int64_t BudgetWindow::index_at(std::int64_t wall) const noexcept {
  return wall / window_ns_ - (wall % window_ns_ < 0 ? 1 : 0);
}

void BudgetWindow::redefine(WindowKind kind, std::uint64_t capacity, std::int64_t window_ns, Instant now) {
  roll(now);
  capacity_ = capacity;
  if (kind == kind_ && window_ns == window_ns_) return;
  const std::uint64_t spent = settled_;
  kind_ = kind;
  window_ns_ = window_ns;
  index_ = index_at(now.wall);
  log_.clear();
  settled_ = 0;
  add(spent, now.mono);
}

void BudgetWindow::roll(Instant now) {
  if (kind_ == WindowKind::Fixed) {
    const std::int64_t index = index_at(now.wall);
    // A wall clock set back by less than a window must not hand the window out a second time.
    if (index > index_) settled_ = 0;
    if (index > index_ || index < index_ - 1) index_ = index;
    return;
  }
  while (!log_.empty() && log_.front().last + window_ns_ <= now.mono) {
    settled_ -= log_.front().amount;
    log_.pop_front();
  }
}

void BudgetWindow::add(std::uint64_t amount, std::int64_t mono) {
  if (amount == 0) return;
  settled_ += amount;
  if (kind_ == WindowKind::Fixed) return;
  if (!log_.empty() && mono - log_.back().first <= window_ns_ / kGrains) {
    log_.back().last = mono;
    log_.back().amount += amount;
  } else {
    log_.push_back({mono, mono, amount});
  }
}

std::uint64_t BudgetWindow::used(Instant now) {
  roll(now);
  return settled_ + in_flight_;
}

std::uint64_t BudgetWindow::room_for(std::uint64_t amount, Instant now) {
  if (amount == 0) return UINT64_MAX;
  const std::uint64_t spent = used(now);
  return spent < capacity_ ? (capacity_ - spent) / amount : 0;
}

std::int64_t BudgetWindow::wait_for(std::uint64_t amount, Instant now) {
  const std::uint64_t spent = used(now);
  if (amount == 0 || (spent <= capacity_ && amount <= capacity_ - spent)) return 0;
  if (amount > capacity_ || in_flight_ > capacity_ - amount) return kUnknown;
  if (kind_ == WindowKind::Fixed) return (index_ + 1) * window_ns_ - now.wall;
  std::uint64_t excess = spent + amount - capacity_;
  for (const Entry &entry : log_) {
    if (entry.amount >= excess) return entry.last + window_ns_ - now.mono;
    excess -= entry.amount;
  }
  return kUnknown;
}

Charge BudgetWindow::charge(std::uint64_t amount, Instant now) {
  roll(now);
  Charge out{amount, finished_, index_};
  in_flight_ += amount;
  left_ += amount;
  return out;
}

void BudgetWindow::answered(const Charge &charge, Instant now) {
  roll(now);
  in_flight_ -= charge.amount;
  finished_ += charge.amount;
  add(charge.amount, now.mono);
}

void BudgetWindow::observe(std::uint64_t vendor_used, const Charge *source, Instant now) {
  roll(now);
  vendor_used = std::min(vendor_used, capacity_);  // full is full, and sums stay small
  const std::uint64_t spent = settled_ + in_flight_;
  if (source == nullptr) {
    correct(std::max(spent, vendor_used + in_flight_), now);
    return;
  }
  // It may tell of the window before this one.
  if (kind_ == WindowKind::Fixed && source->window_index != index_) return;
  // The vendor's figure surely holds what was answered before its request left, and that request.
  // All others may have reached the vendor after it.
  const std::uint64_t perhaps_not_counted = left_ - source->finished_before - source->amount;
  correct(vendor_used + perhaps_not_counted, now);
}

void BudgetWindow::correct(std::uint64_t target, Instant now) {
  target = std::max(target, in_flight_) - in_flight_;
  if (target >= settled_) {
    add(target - settled_, now.mono);
    return;
  }
  std::uint64_t surplus = settled_ - target;
  settled_ = target;
  while (surplus > 0 && !log_.empty()) {  // the oldest first: what is left then returns latest
    const std::uint64_t part = std::min(surplus, log_.front().amount);
    log_.front().amount -= part;
    surplus -= part;
    if (log_.front().amount == 0) log_.pop_front();
  }
}

std::int64_t BudgetWindow::resets_at(Instant now) {
  if (used(now) == 0) return 0;
  if (kind_ == WindowKind::Fixed) return (index_ + 1) * window_ns_;
  return log_.empty() ? now.wall + window_ns_ : now.wall + log_.front().last + window_ns_ - now.mono;
}

void BudgetWindow::settle(Instant now) {
  roll(now);
  finished_ += in_flight_;
  add(in_flight_, now.mono);
  in_flight_ = 0;
}

}  // namespace tapedeck
