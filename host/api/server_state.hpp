// What the connections of one server share.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "api/api_limits.hpp"
#include "api/api_server.hpp"
#include "base/cancel.hpp"

namespace tapedeck::api {

class StreamServer;

struct Counters {
  std::atomic<std::uint64_t> requests{0}, server_errors{0}, refused{0}, slow{0}, cut{0}, gone{0};
  std::atomic<std::uint64_t> stream_messages{0};
  std::atomic<int> stream_clients{0};
  std::atomic<int> streams{0};
  std::atomic<int> vendor_calls{0};  // requests that may wait for a vendor
  std::atomic<int> open{0};  // connections, those that wait for a thread included
};

struct ServerState {
  ServerState(ApiPorts p, ApiLimits l) : ports(std::move(p)), limits(l), started_ns(ports.clock.monotonic_ns()) {}
  ApiPorts ports;
  ApiLimits limits;
  std::int64_t started_ns;
  CancelSource stop;
  Counters count;
  StreamServer *streams = nullptr;  // set before the first connection; NULL: nothing is streamed

  bool clients_wait() const noexcept { return count.open > limits.threads; }
  void debug(std::string line) const {
    if (ports.debug) ports.debug(std::move(line));
  }
  void warn(std::string line) const {
    if (ports.warn) ports.warn(std::move(line));
  }
};

// Counts something for as long as it lives.
class Counted {
 public:
  explicit Counted(std::atomic<int> &count) : count_(count), now_(++count) {}
  ~Counted() { --count_; }
  Counted(const Counted &) = delete;
  Counted &operator=(const Counted &) = delete;
  int now() const noexcept { return now_; }  // this one included, when it came

 private:
  std::atomic<int> &count_;
  int now_;
};

}  // namespace tapedeck::api
