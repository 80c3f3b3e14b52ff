// The vendor's candle intervals and when their candles end.
#pragma once

#include <tapedeck/abi/market.h>

#include <cstdint>
#include <span>
#include <string_view>

namespace twelvedata {

struct Interval {
  tdk_interval id;
  std::string_view name;  // "15min", "1day"
  std::int64_t length_s;  // 0: a month

  std::int64_t longest_s() const { return length_s ? length_s : 31 * 86'400; }
  // Days and longer: labelled by a date, whatever time zone is asked for.
  bool has_dates() const { return length_s == 0 || length_s >= 86'400; }
  // Where the host's candle that holds `s` opens: weeks on Monday, all in UTC.
  std::int64_t floor(std::int64_t s) const;
  // Where the candle that opens at `open_s` ends: of a date, that of a day in UTC, which no trading
  // day west of it outlasts.
  std::int64_t end_of(std::int64_t open_s) const;
  // At least as many as candles may open in [from_s, to_s).
  std::uint64_t slots_at_most(std::int64_t from_s, std::int64_t to_s) const;
};

std::span<const tdk_interval> interval_ids();
// Throws TDK_INVALID_ARGUMENT that names what is offered.
const Interval &find_interval(tdk_interval id);
const Interval *find_interval(std::string_view name);

}  // namespace twelvedata
