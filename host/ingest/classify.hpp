// From a vendor's answer to ledger entries: which of the asked slots are there, and which are not.
#pragma once

#include <cstdint>
#include <vector>

#include "market/interval.hpp"
#include "market/range_set.hpp"
#include "runtime/ledger_entry.hpp"

namespace tapedeck {

// Runs of slots in `asked`, by what the rows in `open_times` (on the grid, ascending, in `asked`)
// say of them: present where rows are, no trades where they are not, nothing where none is expected: in
// closed and optional time. Ascending.
std::vector<LedgerEntry> classify_answer(TimeRange asked, Interval interval,
                                         const std::vector<std::int64_t> &open_times,
                                         const RangeSet &unexpected);

// Absent slots at the ends of an answer are not bracketed by rows: a cut answer looks the same.
// They are worth a question of their own.
struct OpenEnds {
  TimeRange before;  // from the start of `asked` to the first row, or all of it when there is none
  TimeRange after;   // from the slot after the last row to the end
};
OpenEnds open_ends(TimeRange asked, Interval interval, const std::vector<std::int64_t> &open_times);

}  // namespace tapedeck
