// When the made-up markets are open, by New York time.
#pragma once

#include <cstdint>

namespace tapedeck::sim::oanda {

enum class Hours {
  Forex,  ///< Sunday 17:03 to Friday 16:58, without 16:58 to 17:03 of every day
  Metal,  ///< Sunday 18:03 to Friday 16:58, without 16:58 to 18:03 of every day
};

/// Constant over each whole minute. Closed on 25 December and 1 January, by New York date.
bool is_open(Hours hours, std::int64_t utc_ms);

}  // namespace tapedeck::sim::oanda
