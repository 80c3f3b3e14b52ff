// The intervals of Tapedeck that OANDA has candles of, and the grid of their open times: all in UTC,
// weeks from Monday, months from the first.
#pragma once

#include <tapedeck/abi/base.h>

#include <cstdint>
#include <span>
#include <string_view>

namespace oanda {

struct Granularity {
  tdk_interval id;
  std::string_view name;   // as OANDA writes it; case matters ("M1" minute, "M" month)
  std::int64_t length_ns;  // 0: a calendar month
};

// The ids alone, static, in the order of the table.
std::span<const tdk_interval> interval_ids();

// Throws TDK_INVALID_ARGUMENT with the list of what is offered. The vendor does not refuse all
// others: it has answered M3, which it does not document.
const Granularity &find_granularity(tdk_interval id);

// Of times from 1970 to 2199, which all are.
std::int64_t floor(const Granularity &granularity, std::int64_t time_ns);
std::int64_t next_open(const Granularity &granularity, std::int64_t open_ns, std::int64_t steps = 1);
inline std::int64_t ceil(const Granularity &granularity, std::int64_t time_ns) {
  const std::int64_t open = floor(granularity, time_ns);
  return open == time_ns ? open : next_open(granularity, open);
}
// Opens in [from, to).
std::int64_t slots(const Granularity &granularity, std::int64_t from_ns, std::int64_t to_ns);

}  // namespace oanda
