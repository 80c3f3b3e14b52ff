// The two things that are measured of a live pipeline.
#pragma once

#include <boost/json.hpp>

#include <string>
#include <vector>

#include "live_wire.hpp"

namespace tapedeck::bench {

struct LiveSetup {
  std::string bin, work;  // directories
  std::vector<LiveMessage> recorded;
};

// As fast as the host takes them, against a bare POCO loop, taking turns.
boost::json::object measure_live_throughput(const LiveSetup &setup, std::size_t messages, int rounds);

// 100 symbols with ten messages a second each, for so many seconds.
boost::json::object measure_live_latency(const LiveSetup &setup, int seconds);

}  // namespace tapedeck::bench
