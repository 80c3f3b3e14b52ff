// How much of a range is there, explained, failed or never asked for: each instant counts once.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "market/calendar.hpp"
#include "market/interval.hpp"
#include "runtime/ledger_entry.hpp"

namespace tapedeck::api {

struct StateTotal {
  std::string_view state;     // "present", ..., "failed", "never_asked"
  std::int64_t seconds = 0;
  std::int64_t candles = 0;   // open times in it
};

// Where sources disagree the best answer counts, in the order: present, no_trades, closed (the
// ledger's or the calendar's), provider_has_none, failed; what is left was never asked for.
std::vector<StateTotal> coverage_totals(const std::vector<LedgerEntry> &ledger, TimeRange range, Interval interval,
                                        const Calendar *calendar);

}  // namespace tapedeck::api
