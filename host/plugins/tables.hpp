// Interface tables of a plugin as the host calls them: full size, every function there.
#pragma once

#include <tapedeck/abi.h>

#include <cstdint>

namespace tapedeck {

struct ProviderTable {
  tdk_provider calls{};
  std::uint64_t capabilities = 0;  // TDK_CAP_* of the functions the plugin brings
  bool has_info = false;
};

// What the plugin's table lacks answers TDK_NOT_SUPPORTED. Throws Error(TDK_INCOMPATIBLE) when the
// table is unreadable, a function is none, or there is not a single one. Threads: any.
ProviderTable complete_provider(const void *table);
tdk_storage complete_storage(const void *table);
tdk_outbox complete_outbox(const void *table);
tdk_eventsink complete_event_sink(const void *table);
tdk_cache complete_cache(const void *table);
tdk_shared_budget complete_shared_budget(const void *table);
tdk_transfer complete_transfer(const void *table);

}  // namespace tapedeck
