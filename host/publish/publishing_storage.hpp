// A storage that keeps, with each row, the events that tell of it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "publish/correlation.hpp"
#include "runtime/storage.hpp"

namespace tapedeck {

// The sinks that the rows of a pipeline are published to, by its name.
using PublishRoutes = std::map<std::string, std::vector<std::string>>;

// Each final candle and each tick that `inner` is given on behalf of a pipeline with a route becomes an event for
// each of its sinks, in the same transaction; the storage keeps those of rows that it stores. Forming candles are
// no events, ledger entries neither. `stored` is called after a commit that had events. The ids outlive it.
// Lifecycle, threads, failures: as of `inner`; TDK_NOT_SUPPORTED where that has no outbox.
std::unique_ptr<Storage> make_publishing_storage(std::unique_ptr<Storage> inner, PublishRoutes routes, CorrelationIds &ids,
                                                 std::function<void()> stored);

}  // namespace tapedeck
