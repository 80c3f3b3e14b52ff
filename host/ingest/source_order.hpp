// A backfill along the sources of its series: what one could not give is asked of the next.
#pragma once

#include <vector>

#include "ingest/backfill.hpp"

namespace tapedeck {

// run_backfill() for `plans`, and then again, source by source, for what those before left: what failed,
// and what they do not have. What is still forming is left to a later run. Threads, failures: as there.
BackfillReport run_along_sources(std::vector<SeriesPlan> plans, const BackfillPorts &ports, const BackfillSettings &settings,
                                 BackfillProgress &progress, Clock &clock, const CancelSource &cancel);

}  // namespace tapedeck
