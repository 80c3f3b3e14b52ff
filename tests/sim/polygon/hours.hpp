// When the markets of the simulated Polygon trade, and where their days begin. A simple rule of its
// own, without holidays: no calendar.
#pragma once

#include <cstdint>

namespace tapedeck::sim::polygon {

enum class Market { Stocks, Forex, Crypto, Indices };

/// Stocks 04:00 to 20:00 and indices 09:30 to 16:00 New York on weekdays; forex but for Friday 17:00
/// to Sunday 17:00 New York; crypto always.
bool is_open(Market market, std::int64_t utc_ms);

/// Start of the market's day that contains `utc_ms`: 00:00 New York of stocks and indices, else 00:00
/// UTC; and of the day `days` later.
std::int64_t day_open(Market market, std::int64_t utc_ms);
std::int64_t shift_days(Market market, std::int64_t open_ms, std::int64_t days);

/// The market's own calendar day, as a number of days since 1970-01-01; and the start of such a day.
std::int64_t day_number(Market market, std::int64_t utc_ms);
std::int64_t start_of_day(Market market, std::int64_t day);

}  // namespace tapedeck::sim::polygon
