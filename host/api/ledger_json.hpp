// Holes and ledger entries as JSON objects.
#pragma once

#include <vector>

#include "api/json_writer.hpp"
#include "runtime/holes.hpp"
#include "runtime/ledger_entry.hpp"

namespace tapedeck::api {

// "holes":[...], the first `limit` of them, and "holes_truncated":true when that is not all.
void write_holes(JsonWriter &json, const std::vector<Hole> &holes, std::size_t limit);

void write_entry(JsonWriter &json, const LedgerEntry &entry);

}  // namespace tapedeck::api
