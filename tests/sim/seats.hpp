// A vendor's cap on the connections of an account. Who is over it is let in, and somebody is shown
// out afterwards.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "sim/stream_session.hpp"

namespace tapedeck::sim {

/// What a connection holds while it is one of an account's. Threads: all functions from any thread.
class Seat {
 public:
  explicit Seat(std::function<void()> wake) : wake_(std::move(wake)) {}
  /// From when on it is to end; kNever: it may stay.
  std::int64_t evicted_at() const;
  void evict(std::int64_t at_ms);

 private:
  const std::function<void()> wake_;
  mutable std::mutex mutex_;
  std::int64_t evicted_at_ = kNever;
};

/// Threads: all functions from any thread.
class Seats {
 public:
  /// `most` of an account; over it goes the oldest one, or the new one.
  Seats(std::int64_t most, bool evict_new) : most_(most), evict_new_(evict_new) {}

  void take(const std::string &account, const std::shared_ptr<Seat> &seat, std::int64_t now_ms);
  void leave(const std::shared_ptr<Seat> &seat);

 private:
  const std::int64_t most_;
  const bool evict_new_;
  std::mutex mutex_;
  std::map<std::string, std::list<std::shared_ptr<Seat>>> taken_;
};

}  // namespace tapedeck::sim
