// Plans of what to ask for, against what is stored: shared by `plan` and `backfill`.
#pragma once

#include <vector>

#include "app/commands.hpp"
#include "app/session.hpp"
#include "ingest/plan.hpp"

namespace tapedeck {

// Throws Error: a filter that matches nothing, an interval that the source does not offer, a store
// that cannot be read.
std::vector<SeriesPlan> make_plans(Session &session, const SeriesOptions &filter);

}  // namespace tapedeck
