// The whole simulator in one object: start it in a test, talk HTTP to it, drop it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/faults.hpp"
#include "sim/options.hpp"
#include "sim/sim_clock.hpp"
#include "sim/stream_hub.hpp"
#include "sim/vendor.hpp"

namespace tapedeck::sim {

/// Lifecycle: serves from the constructor to stop() or the destructor.
/// Threads: all functions from any thread.
/// Failures: the constructor throws std::invalid_argument (options), CsvError, or Poco::Exception
/// when the address cannot be bound.
class Simulator {
 public:
  explicit Simulator(const Options &options = {});
  ~Simulator();
  Simulator(const Simulator &) = delete;
  Simulator &operator=(const Simulator &) = delete;

  std::uint16_t port() const;
  /// `http://127.0.0.1:PORT`; a plugin's base_url is this plus `/binance`.
  std::string url() const;
  SimClock &clock();
  FaultPlan &faults();
  /// Counters of a vendor by name; throws std::out_of_range.
  CounterValues counters(std::string_view vendor) const;
  /// Orders a fault as POST /sim/faults does. Returns how many connections it has hit at once, when
  /// `fault.now` is set.
  std::size_t inject(Fault fault);
  /// Data messages sent on streams since the start.
  std::uint64_t messages_sent() const;
  /// Waits until every stream connection has written all that is due at the clock's time; false
  /// when one has not in `timeout`. What clients have asked for a moment ago may still be on its
  /// way here: wait for the reply to it first.
  bool settle(std::chrono::milliseconds timeout = std::chrono::seconds(60));
  std::vector<StreamStatus> streams() const;
  /// How long stream connections may live, instead of 24 hours.
  void set_stream_life(std::optional<std::int64_t> life_ms);
  /// Breaks off what is running; returns when every connection is closed.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tapedeck::sim
