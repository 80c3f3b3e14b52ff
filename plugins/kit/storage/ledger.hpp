// The entries of the coverage ledger and their algebra. Pure: no database here.
#pragma once

#include <tapedeck/plugin.hpp>

#include <string>
#include <vector>

namespace kit {

struct Entry {
  std::int64_t from = 0, to = 0;
  std::uint32_t state = 0;
  std::int32_t error = TDK_OK;
  std::uint32_t tries = 0;
  std::int64_t next_try = TDK_NULL_I64;
  std::int64_t updated = 0;
  std::string reason;
  bool operator==(const Entry &) const = default;
};

// Both ascending and free of overlaps, and so is the result. A new entry stands where it lies,
// except that FAILED stands only over what was never asked or failed before. Neighbours that say
// the same become one entry, which was learned when the later of them was.
std::vector<Entry> merge_ledger(const std::vector<Entry> &known, const std::vector<Entry> &fresh);

// The entries of a commit, copied and brought to one form. Throws TDK_INVALID_ARGUMENT for an
// unknown state and for ranges that are empty, not ascending or overlapping.
std::vector<Entry> checked_entries(const tdk_commit &commit);

// What lies from `before` on; an entry across it is cut.
std::vector<Entry> cut_ledger(const std::vector<Entry> &known, std::int64_t before);

}  // namespace kit
