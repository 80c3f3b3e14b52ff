// How this Polygon behaves where the real one differs by plan, by server or by year: `--set
// polygon.NAME=VALUE`.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/options.hpp"

namespace tapedeck::sim::polygon {

enum class Empty { Absent, Null, List };  ///< `results` of an answer without rows

struct Settings {
  std::string key;                ///< the only right key; empty: any but `unknown`
  bool free_plan = false;         ///< 5 requests a minute, two years, no WebSocket
  bool delayed = false;           ///< status DELAYED, and data 15 minutes late
  Empty empty = Empty::Absent;
  bool empty_429 = false;         ///< a 429 without a body
  bool retry_after = false;       ///< a 429 names its end
  std::vector<std::string> deny;  ///< tickers (REST), channels and tickers (streams) outside the plan
  bool split_acks = false;        ///< one frame for each acknowledgement
  std::int64_t connections = 1;   ///< of one key and market
  bool evict_new = false;         ///< over the cap the new connection ends, not the old one
  bool evict_reset = false;       ///< with a TCP reset, not with Close 1008
  std::int64_t auth_timeout_ms = 10'000;
  std::int64_t batch_ms = 20;     ///< events this close go into one frame
  std::int64_t late_bars = 0;     ///< per cent of the bars that are sent again, corrected, 75 s later
  bool unknown_events = false;    ///< adds events of a kind nobody knows

  /// Whether `name` is one of `deny`.
  bool denies(std::string_view name) const;
};

/// Throws std::invalid_argument that names what is wrong.
Settings read_settings(std::span<const VendorSetting> all);

}  // namespace tapedeck::sim::polygon
