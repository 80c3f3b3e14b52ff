// The whole simulator in one object: start it in a test, talk HTTP to it, drop it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sim/faults.hpp"
#include "sim/options.hpp"
#include "sim/sim_clock.hpp"
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
  /// Breaks off what is running; returns when every connection is closed.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tapedeck::sim
