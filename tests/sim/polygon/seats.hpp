// The cap on connections: one of a key on a market, unless the account has more. Who is over it is
// let in, and somebody is shown out afterwards.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "sim/polygon/hours.hpp"
#include "sim/stream_session.hpp"

namespace tapedeck::sim::polygon {

/// What a connection holds while it is authenticated. Threads: all functions from any thread.
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
  Seats(std::int64_t most, bool evict_new) : most_(most), evict_new_(evict_new) {}

  void take(Market market, const std::string &key, const std::shared_ptr<Seat> &seat,
            std::int64_t now_ms);
  void leave(const std::shared_ptr<Seat> &seat);

 private:
  const std::int64_t most_;
  const bool evict_new_;
  std::mutex mutex_;
  std::map<std::pair<Market, std::string>, std::list<std::shared_ptr<Seat>>> taken_;
};

}  // namespace tapedeck::sim::polygon
