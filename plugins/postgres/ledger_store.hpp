// The ledger in its table.
#pragma once

#include "connection.hpp"
#include "kit/storage/ledger.hpp"

#include <vector>

namespace tapedeck::postgres {

// What a commit says of a series and source; not empty.
struct Said {
  std::int64_t series, source;
  const std::vector<kit::Entry> *entries;
};

// Inside a write transaction that holds the rows of `series`. In the order given; all of it costs three
// questions, however many series there are.
void store_coverage(Connection &db, const std::vector<Said> &said);

}  // namespace tapedeck::postgres
