// The series that the reading commands go through.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/session.hpp"

namespace tapedeck {

// All of `symbol`, with or without its slash; empty: all there are. Throws TDK_INVALID_ARGUMENT with the nearest
// name when there is none.
std::vector<KnownSeries> chosen_series(Session &session, const std::string &symbol, const tdk_cancel *cancel);

// The range in which holes are looked for: from what should be there first to the last thing known.
// What came since is not asked for yet, which is no hole but the next run's work.
std::optional<TimeRange> expected_range(Session &session, const KnownSeries &known, const tdk_cancel *cancel);

// On standard error: what a pipeline wishes after the end of `range`, and nobody asked for.
void say_unasked_tail(Session &session, const KnownSeries &known, TimeRange range);

}  // namespace tapedeck
