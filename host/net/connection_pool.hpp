// Connections that wait to be used again.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "net/connection.hpp"

namespace tapedeck {

// Bounded in all and per route; a connection is dropped after `keep_ns` (real monotonic clock, as the
// server's own limit) without use. Threads: any.
class ConnectionPool {
 public:
  ConnectionPool(std::size_t per_route, std::size_t in_all, std::int64_t keep_ns);

  // The one most recently used, which is the likeliest to live; NULL when there is none. Counts those
  // that the server had closed meanwhile into `stale`.
  std::unique_ptr<Connection> take(const std::string &route, std::uint64_t &stale);
  void put(std::string route, std::unique_ptr<Connection> connection);

 private:
  struct Idle {
    std::string route;
    std::unique_ptr<Connection> connection;
    std::int64_t since;
  };
  void drop_expired(std::deque<Idle> &dropped);

  const std::size_t per_route_;
  const std::size_t in_all_;
  const std::int64_t keep_ns_;
  std::mutex mutex_;
  std::deque<Idle> idle_;  // the longest unused first
};

}  // namespace tapedeck
