#include "runtime/storage.hpp"

#include <tapedeck/layer/core.hpp>

namespace tapedeck {

CommitResult Storage::commit_batch(const CommitBatch &) {
  throw Error(TDK_NOT_SUPPORTED, "this storage has no transaction for several series");
}

void Storage::query_ticks(const TickScan &, const std::function<bool(const Tick &)> &, const tdk_cancel *) {
  throw Error(TDK_NOT_SUPPORTED, "this storage keeps no quotes and trades");
}

}  // namespace tapedeck
