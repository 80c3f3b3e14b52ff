#include "net/account_share.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <tapedeck/layer/core.hpp>

#include "base/text.hpp"

namespace tapedeck {
namespace {

constexpr std::size_t kMaxSights = 64;    // of one report: the newest say the most
constexpr std::size_t kMaxEnds = 10'000;  // more than requests under way: an end that is lost costs its lease

// No two processes have the same, nor two accounts of one.
std::string host_name() {
  char name[64] = "host";
  gethostname(name, sizeof name - 1);
  std::random_device random;
  return printable(name, 40) + "." + std::to_string(getpid()) + "." + std::to_string(random());
}

}  // namespace

AccountShare::AccountShare(ShareSettings settings, Clock &clock)
    : settings_(std::move(settings)), clock_(clock), host_(host_name()),
      hosts_(static_cast<std::uint32_t>(std::max(settings_.hosts, 1))), open_(settings_.open) {}

AccountShare::~AccountShare() { stop(); }

std::uint64_t AccountShare::part_of(std::uint64_t capacity) const noexcept {
  return std::max<std::uint64_t>(capacity / hosts_, 1);
}

void AccountShare::follow(const std::vector<BudgetWindow> &limits, Instant now) {
  for (std::size_t i = 0; i < limits.size(); ++i) {
    const BudgetWindow &l = limits[i];
    const std::uint64_t capacity = alone_ ? part_of(l.capacity()) : l.capacity();
    if (i == own_.size()) own_.emplace_back(l.name(), l.kind(), capacity, l.window_ns());
    else own_[i].redefine(l.kind(), capacity, l.window_ns(), now);
  }
  unreported_.resize(own_.size());
}

SharedAsk AccountShare::compose(std::vector<BudgetWindow> &totals, Instant now) {
  follow(totals, now);
  SharedAsk ask;
  ask.account = settings_.account;
  ask.host = host_;
  ask.epoch = epoch_;
  for (std::size_t i = 0; i < own_.size(); ++i) {
    const BudgetWindow &l = totals[i];
    ask.limits.push_back({l.name(), l.kind(), l.capacity(), l.window_ns(), 0, std::exchange(unreported_[i], 0),
                          own_[i].used(now), totals[i].used(now)});
  }
  ask.ends = std::exchange(ends_, {});
  for (tdk_shared_end &end : ask.ends) end.ago_ns = now.mono - end.ago_ns;
  ask.sights = std::exchange(sights_, {});
  if (hold_until_ > now.mono) {
    ask.hold_ns = hold_until_ - now.mono;
    ask.hold_reason = hold_reason_;
  }
  hold_until_ = INT64_MIN;
  ask.patience_ns = settings_.patience_ns;
  ask.grace_ns = settings_.grace_ns;
  ask.lease_ns = settings_.lease_ns;
  last_sent_ = now.mono;
  return ask;
}

SharedAnswer AccountShare::exchange(const SharedAsk &ask, const tdk_cancel *cancel) {
  const std::shared_lock in_use(way_mutex_);
  {
    const std::lock_guard lock(open_mutex_);
    if (!way_) way_ = open_();
  }
  SharedAnswer answer = way_->exchange(ask, cancel);
  if (answer.uses.size() != ask.limits.size()) throw Error(TDK_BAD_DATA, "an answer of the wrong size");
  return answer;
}

void AccountShare::failed(const SharedAsk &ask, const std::string &why, std::vector<BudgetWindow> &totals, Instant now) {
  for (std::size_t i = 0; i < ask.limits.size(); ++i) unreported_[i] += ask.limits[i].alone;
  for (tdk_shared_end end : ask.ends) {
    end.ago_ns = now.mono - end.ago_ns;
    ends_.push_back(end);
  }
  // Perhaps it was granted and the answer lost: then it counts, as a request that has ended.
  if (ask.take) ends_.push_back({ask.lease, now.mono});
  if (ends_.size() > kMaxEnds) ends_.erase(ends_.begin(), ends_.end() - kMaxEnds);
  if (ask.hold_ns > 0) held(now.mono + ask.hold_ns, ask.hold_reason);
  if (!alone_) go_alone(why, totals, now);
}

void AccountShare::go_alone(const std::string &why, std::vector<BudgetWindow> &totals, Instant now) {
  alone_ = true;
  for (std::size_t i = 0; i < own_.size(); ++i) {
    const std::uint64_t capacity = totals[i].capacity(), part = part_of(capacity);
    const std::uint64_t left = capacity - std::min(totals[i].used(now), capacity);
    const std::uint64_t margin = hosts_ > 1 ? capacity / 20 : 0;
    const std::uint64_t mine = std::min(part, left / hosts_ - std::min(margin, left / hosts_));
    own_[i].redefine(own_[i].kind(), part, own_[i].window_ns(), now);
    if (own_[i].used(now) < part - mine) own_[i].observe(part - mine - own_[i].in_flight(), nullptr, now);
  }
  if (!settings_.say) return;
  settings_.say(true, "the budget of account " + settings_.account + " is not shared any more (" + why + "): until that is mended this "
                      "host keeps to one part in " + std::to_string(hosts_) + " of every limit");
}

void AccountShare::heard(const SharedAsk &ask, const SharedAnswer &answer, std::vector<BudgetWindow> &totals, Instant now) {
  if (answer.epoch != epoch_) epoch_since_ = now.mono;
  epoch_ = answer.epoch;
  // Of a new state not all may have been heard yet: to reckon with too many is safe.
  const bool young = now.mono - epoch_since_ < settings_.grace_ns;
  hosts_ = std::max<std::uint32_t>(answer.hosts, young ? hosts_ : 1);
  for (std::size_t i = 0; i < answer.uses.size() && i < totals.size(); ++i) {
    // What has just been granted is charged by the account itself.
    const std::uint64_t mine = totals[i].in_flight() + (answer.granted ? ask.limits[i].amount : 0);
    const std::uint64_t used = answer.uses[i].used;
    if (used > mine) totals[i].observe(used - mine, nullptr, now);
  }
  if (!std::exchange(alone_, false)) return;
  follow(totals, now);
  if (settings_.say)
    settings_.say(false, "the budget of account " + settings_.account + " is shared again, among " + std::to_string(hosts_) +
                             (hosts_ == 1 ? " host" : " hosts"));
}

std::int64_t AccountShare::wait_alone(const std::vector<std::uint64_t> &amounts, Instant now) {
  std::int64_t out = 0;
  for (std::size_t i = 0; i < amounts.size() && i < own_.size(); ++i) {
    const std::int64_t ns = own_[i].wait_for(amounts[i], now);
    if (ns == BudgetWindow::kUnknown) return ns;
    out = std::max(out, ns);
  }
  return out;
}

void AccountShare::took(const std::vector<std::uint64_t> &amounts, std::uint64_t lease, Instant now) {
  for (std::size_t i = 0; i < amounts.size(); ++i) {
    own_[i].charge(amounts[i], now);
    if (lease == 0) unreported_[i] += amounts[i];
  }
}

void AccountShare::ended(const std::vector<Charge> &charges, std::uint64_t lease, Instant now) {
  for (std::size_t i = 0; i < charges.size() && i < own_.size(); ++i) {
    own_[i].answered(charges[i], now);
    // Reported as ended while it was under way: in the window of its end it may count again.
    if (lease == 0 && !alone_) unreported_[i] += charges[i].amount;
  }
  if (lease != 0 && ends_.size() < kMaxEnds) ends_.push_back({lease, now.mono});
}

void AccountShare::saw(std::uint32_t limit, std::uint64_t used, const Charge *source) {
  if (alone_) return;  // old news by the time it can be told
  if (sights_.size() >= kMaxSights) sights_.erase(sights_.begin());
  SharedAsk::Sight sight{limit, used, 0, 0, TDK_NULL_I64};
  if (source != nullptr) sight = {limit, used, source->amount, source->finished_before, source->window_index};
  sights_.push_back(sight);
}

void AccountShare::held(std::int64_t until_mono, std::string_view reason) {
  if (until_mono <= hold_until_) return;
  hold_until_ = until_mono;
  hold_reason_ = reason;
}

bool AccountShare::due(std::int64_t mono) const noexcept {
  return alone_ || hold_until_ != INT64_MIN || mono - last_sent_ >= settings_.beat_ns;
}

void AccountShare::start(std::function<void()> beat) {
  const std::lock_guard lock(beat_mutex_);
  if (beater_.joinable() || ending_) return;
  beater_ = std::thread([this, beat = std::move(beat)] {
    std::unique_lock own(beat_mutex_);
    while (!ending_) {
      beat_changed_.wait_for(own, std::chrono::nanoseconds(settings_.beat_ns), [this] { return ending_ || hurry_; });
      hurry_ = false;
      if (ending_) return;
      own.unlock();
      beat();
      own.lock();
    }
  });
}

void AccountShare::hurry() {
  const std::lock_guard lock(beat_mutex_);
  hurry_ = true;
  beat_changed_.notify_all();
}

void AccountShare::stop() {
  std::thread beater;
  {
    const std::lock_guard lock(beat_mutex_);
    ending_ = true;
    beat_changed_.notify_all();
    beater.swap(beater_);
  }
  if (beater.joinable()) beater.join();
}

void AccountShare::reopen(std::function<std::unique_ptr<SharedBudget>()> open) {
  const std::unique_lock alone_with_it(way_mutex_);
  const std::lock_guard lock(open_mutex_);
  open_ = std::move(open);
  way_.reset();
}

}  // namespace tapedeck
