// `/sim/...`: what a test asks of the simulator itself. See README.md for the requests.
#pragma once

#include <memory>
#include <span>

#include "sim/faults.hpp"
#include "sim/message.hpp"
#include "sim/sim_clock.hpp"
#include "sim/vendor.hpp"

namespace tapedeck::sim {

class Control {
 public:
  using Vendors = std::span<const std::unique_ptr<Vendor>>;

  /// All of them must outlive it.
  Control(SimClock &clock, FaultPlan &faults, Vendors vendors)
      : clock_(clock), faults_(faults), vendors_(vendors) {}

  /// `request.path` is the whole path, `/sim/state`.
  Reply handle(const Request &request);

 private:
  Reply state(const Request &request);
  Reply faults(const Request &request);
  Reply clock(const Request &request);

  SimClock &clock_;
  FaultPlan &faults_;
  Vendors vendors_;
};

}  // namespace tapedeck::sim
