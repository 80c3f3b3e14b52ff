#include "runtime/storage.hpp"

#include <tapedeck/layer/core.hpp>

namespace tapedeck {

CommitResult Storage::commit_batch(const CommitBatch &) {
  throw Error(TDK_NOT_SUPPORTED, "this storage has no transaction for several series");
}

namespace {

[[noreturn]] void keeps_no(const char *what) {
  throw Error(TDK_NOT_SUPPORTED, std::string("this storage keeps no ") + what);
}

}  // namespace

void Storage::store_symbols(const std::string &, Nanos, std::span<const SymbolInfo>) { keeps_no("symbols"); }

std::vector<SymbolInfo> Storage::query_symbols(const std::string &, std::uint64_t, const tdk_cancel *) {
  keeps_no("symbols");
}

void Storage::store_events(const std::string &, Nanos, std::span<const EconomicEvent>) { keeps_no("economic events"); }

std::vector<EconomicEvent> Storage::query_events(TimeRange, const std::string &, const tdk_cancel *) {
  keeps_no("economic events");
}

Transfer &Storage::transfer() { throw Error(TDK_NOT_SUPPORTED, "this storage cannot be copied"); }

void Storage::query_ticks(const TickScan &, const std::function<bool(const Tick &)> &, const tdk_cancel *) {
  throw Error(TDK_NOT_SUPPORTED, "this storage keeps no quotes and trades");
}

}  // namespace tapedeck
