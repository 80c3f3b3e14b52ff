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

// `ledger` may hold entries of several sources: what one of them settles is no hole. Ascending.
std::vector<Hole> find_holes(const std::vector<LedgerEntry> &ledger, TimeRange wanted,
                             const Calendar *calendar);

// The part of `wanted` that some source has settled, or that is closed.
RangeSet settled_part(const std::vector<LedgerEntry> &ledger, TimeRange wanted,
                      const Calendar *calendar);

}  // namespace tapedeck
