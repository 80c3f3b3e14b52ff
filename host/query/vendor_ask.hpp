// Asking vendors: one after the other until one answers, or all at once.
#pragma once

#include <tapedeck/layer/core.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "market/time.hpp"

namespace tapedeck {

// A token that fires with another one, and when its own time is over. Threads: raw()'s check any.
class TimeLimit {
 public:
  TimeLimit(const tdk_cancel *outer, Nanos limit, Clock &clock);
  TimeLimit(const TimeLimit &) = delete;
  TimeLimit &operator=(const TimeLimit &) = delete;
  const tdk_cancel *raw() const noexcept { return &raw_; }

 private:
  static tdk_status check(const tdk_cancel *self);
  tdk_cancel raw_{};
  const tdk_cancel *outer_;
  Clock &clock_;
  std::int64_t deadline_;
};

// The error to report when several vendors failed: what may be better next time before "no such symbol", and that
// before "not supported", which names all of them.
class WorstError {
 public:
  void add(const Error &error);
  const std::optional<Error> &error() const noexcept { return error_; }

 private:
  std::optional<Error> error_;
};

// Calls `ask` for one source after the other until it returns true. Where there is a next one, each has
// `kPatience` to answer, the last one `kLastPatience`. Returns the error when none did.
// Throws what `ask` throws once `cancel` has fired.
inline constexpr Nanos kPatience = 8 * kSecond, kLastPatience = 20 * kSecond;
std::optional<Error> ask_in_turn(const std::vector<std::string> &sources, Clock &clock, const tdk_cancel *cancel,
                                 const std::function<bool(const std::string &source, const tdk_cancel *)> &ask);

// What came of asking `source`: a vendor that took longer than it was given is away.
Error error_of(const std::string &source, const Error &error, Nanos patience);

// Calls `work` with 0 to `count` - 1, each in a thread of its own but the first, and returns when all are done.
// `work` throws nothing.
void all_at_once(std::size_t count, const std::function<void(std::size_t)> &work);

}  // namespace tapedeck
