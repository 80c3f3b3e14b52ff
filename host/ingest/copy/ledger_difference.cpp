#include "ingest/copy/ledger_difference.hpp"

#include <algorithm>

#include "market/range_set.hpp"

namespace tapedeck {
namespace {

bool says_the_same(const LedgerEntry &a, const LedgerEntry &b) {
  return a.state == b.state && a.source == b.source && a.error == b.error && a.tries == b.tries &&
         a.next_try == b.next_try && a.reason == b.reason;
}

}  // namespace

bool same_entry(const LedgerEntry &a, const LedgerEntry &b) {
  return says_the_same(a, b) && a.range == b.range && a.updated == b.updated;
}

std::vector<LedgerEntry> ledger_to_write(const std::vector<LedgerEntry> &first, const std::vector<LedgerEntry> &second,
                                         TimeRange range) {
  std::vector<LedgerEntry> out;
  for (const LedgerEntry &entry : first) {
    const TimeRange part{std::max(entry.range.from, range.from), std::min(entry.range.to, range.to)};
    if (part.empty()) continue;
    RangeSet wanted(part);
    for (const LedgerEntry &there : second) {
      if (there.source != entry.source) continue;
      const bool later = there.updated > entry.updated;
      if (later || (says_the_same(entry, there) && there.updated == entry.updated)) wanted.subtract(there.range);
    }
    for (const TimeRange &piece : wanted.ranges()) {
      out.push_back(entry);
      out.back().range = piece;
    }
  }
  return out;
}

}  // namespace tapedeck
