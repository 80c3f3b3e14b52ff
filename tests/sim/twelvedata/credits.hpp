// Credits per key: of the minute, by the clock or sliding, and of the UTC day. Rejected calls
// count.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>

#include "sim/twelvedata/settings.hpp"

namespace tapedeck::sim::twelvedata {

struct Spent {
  enum class Verdict { Pass, MinuteIsOver, DayIsOver };
  Verdict verdict = Verdict::Pass;
  std::int64_t used = 0;      ///< of this minute, this call included
  std::int64_t left = 0;      ///< never below 0
  std::int64_t used_day = 0;  ///< of this day
};

/// Threads: all functions from any thread.
class Credits {
 public:
  explicit Credits(const Settings &settings) : settings_(settings) {}

  Spent spend(const std::string &key, std::int64_t credits, std::int64_t now_ms);
  /// The most that any key has used in the minute of `now_ms`.
  std::int64_t used(std::int64_t now_ms) const;
  void clear();

 private:
  struct Call {
    std::int64_t at, credits;
  };
  struct Account {
    std::deque<Call> calls;  ///< of the last minute, or of this one
    std::int64_t day = -1, used_day = 0;
  };
  bool counts(const Call &call, std::int64_t now_ms) const;
  std::int64_t used_by(const Account &account, std::int64_t now_ms) const;

  const Settings &settings_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Account> accounts_;
};

}  // namespace tapedeck::sim::twelvedata
