#include "sim/twelvedata/credits.hpp"

#include <algorithm>

#include "sim/time_text.hpp"

namespace tapedeck::sim::twelvedata {

bool Credits::counts(const Call &call, std::int64_t now_ms) const {
  if (call.at > now_ms) return false;  // the clock was set back
  return settings_.sliding_minute ? now_ms - call.at < kMinuteMs
                                  : call.at / kMinuteMs == now_ms / kMinuteMs;
}

std::int64_t Credits::used_by(const Account &account, std::int64_t now_ms) const {
  std::int64_t sum = 0;
  for (const Call &call : account.calls) sum += counts(call, now_ms) ? call.credits : 0;
  return sum;
}

Spent Credits::spend(const std::string &key, std::int64_t credits, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  Account &account = accounts_[key];
  std::erase_if(account.calls, [&](const Call &call) { return !counts(call, now_ms); });
  if (account.day != now_ms / kDayMs) {
    account.day = now_ms / kDayMs;
    account.used_day = 0;
  }
  account.calls.push_back({now_ms, credits});
  account.used_day += credits;
  Spent out;
  out.used = used_by(account, now_ms);
  out.left = std::max<std::int64_t>(0, settings_.per_minute - out.used);
  out.used_day = account.used_day;
  if (settings_.per_day != 0 && out.used_day > settings_.per_day)
    out.verdict = Spent::Verdict::DayIsOver;
  else if (out.used > settings_.per_minute)
    out.verdict = Spent::Verdict::MinuteIsOver;
  return out;
}

std::int64_t Credits::used(std::int64_t now_ms) const {
  const std::lock_guard lock(mutex_);
  std::int64_t most = 0;
  for (const auto &[key, account] : accounts_) most = std::max(most, used_by(account, now_ms));
  return most;
}

void Credits::clear() {
  const std::lock_guard lock(mutex_);
  accounts_.clear();
}

}  // namespace tapedeck::sim::twelvedata
