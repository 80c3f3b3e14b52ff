// How the simulated Twelve Data behaves where the reference leaves a choice: `--set
// twelvedata.NAME=VALUE`.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "sim/options.hpp"

namespace tapedeck::sim::twelvedata {

struct Settings {
  std::string key;              ///< `key`: the only right one; empty: any but `demo` and `wrong`
  std::int64_t per_minute = 8;  ///< `credits_per_minute`: up to 8 the plan is Basic, below 610 Grow
  std::int64_t per_day = 800;   ///< `credits_per_day`; 0: no such limit
  bool errors_as_200 = false;   ///< `errors=200`: the old behaviour; `errors=real`
  bool sliding_minute = false;  ///< `minute=sliding`; `minute=clock`
  bool inclusive_dates = false;  ///< `daily_end=inclusive`; `daily_end=exclusive`
  bool weekend_bars = false;     ///< `weekend=bars`: forex and metals too; `weekend=closed`
  std::int64_t publish_delay_ms = 5'000;  ///< `publish_delay_ms`: a bar appears that late
  std::int64_t restated_permille = 0;     ///< `restated`: closed bars that change within the hour
  std::int64_t noisy_permille = 0;        ///< `noise`: bars whose close exceeds the high by a digit
  int refused_upgrade = 401;              ///< `upgrade`: 200, 401 or 403, for a wrong key
  bool is_basic() const { return per_minute <= 8; }
  bool is_pro() const { return per_minute >= 610; }
  bool is_trial() const { return !is_pro(); }  ///< of the stream
  std::string_view plan() const { return is_basic() ? "basic" : is_pro() ? "pro" : "grow"; }
  std::string arrays = "full";  ///< `arrays`: of subscribe-status, `full`, `null` or `missing`
};

/// Throws std::invalid_argument with a sentence for the user.
Settings read_settings(std::span<const VendorSetting> settings, bool limits);

}  // namespace tapedeck::sim::twelvedata
