// What the ledger does not explain.
#pragma once

#include <string>
#include <vector>

#include "market/calendar.hpp"
#include "runtime/ledger_entry.hpp"

namespace tapedeck {

// A range inside open sessions that is neither present nor explained.
struct Hole {
  TimeRange range;
  bool asked = false;          // false: never asked for
  std::string source;          // asked: whom
  tdk_status error = TDK_OK;   // asked: why it failed
  std::uint32_t tries = 0;
  Nanos next_try = TDK_NULL_I64;
  std::string reason;          // for people: "never asked", or the error's text
};

// `ledger` may hold entries of several sources: what one of them settles is no hole. Closed slots are none
// either, nor optional ones without others beside them. Ascending.
std::vector<Hole> find_holes(const std::vector<LedgerEntry> &ledger, TimeRange wanted, Interval interval,
                             const Calendar *calendar);

// The candles that are missing.
std::int64_t count_slots(const std::vector<Hole> &holes, Interval interval);

}  // namespace tapedeck
