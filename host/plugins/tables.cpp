#include "plugins/tables.hpp"

#include "plugins/foreign_struct.hpp"

namespace tapedeck {
namespace {

constexpr std::size_t kSmallest = 16;  // struct_size and the first function

// True when the plugin brings the function; otherwise the slot gets one that says so.
template <class... A>
bool complete(tdk_status (*&slot)(A...), const char *name) {
  if (slot == nullptr) {
    slot = [](A...) -> tdk_status { return TDK_NOT_SUPPORTED; };
    return false;
  }
  if (!is_code(slot)) throw Error(TDK_INCOMPATIBLE, std::string(name) + " is no function");
  return true;
}

}  // namespace

ProviderTable complete_provider(const void *table) {
  ProviderTable out;
  out.calls = read_struct(static_cast<const tdk_provider *>(table), kSmallest, TDK_IID_PROVIDER);
  out.calls.struct_size = sizeof out.calls;
  auto &p = out.calls;
  const auto offer = [&](bool there, std::uint64_t capability) {
    if (there) out.capabilities |= capability;
  };
  out.has_info = complete(p.info, "provider.info");
  offer(complete(p.fetch_candles, "provider.fetch_candles"), TDK_CAP_HISTORY);
  offer(complete(p.fetch_quotes, "provider.fetch_quotes"), TDK_CAP_QUOTES);
  offer(complete(p.search_symbols, "provider.search_symbols"), TDK_CAP_SYMBOLS);
  offer(complete(p.fetch_calendar, "provider.fetch_calendar"), TDK_CAP_CALENDAR);
  offer(complete(p.run_stream, "provider.run_stream"), TDK_CAP_STREAM_CANDLES);
  if (out.capabilities == 0)
    throw Error(TDK_INCOMPATIBLE, TDK_IID_PROVIDER " offers no function that fetches anything");
  offer(complete(p.earliest, "provider.earliest"), TDK_CAP_EARLIEST);
  return out;
}

tdk_storage complete_storage(const void *table) {
  auto out = read_struct(static_cast<const tdk_storage *>(table), kSmallest, TDK_IID_STORAGE);
  out.struct_size = sizeof out;
  const bool writes = complete(out.commit, "storage.commit");
  const bool reads = complete(out.query, "storage.query");
  complete(out.coverage, "storage.coverage");
  complete(out.list_series, "storage.list_series");
  complete(out.revisions, "storage.revisions");
  complete(out.remove_before, "storage.remove_before");
  complete(out.commit_batch, "storage.commit_batch");
  complete(out.query_quotes, "storage.query_quotes");
  complete(out.store_symbols, "storage.store_symbols");
  complete(out.query_symbols, "storage.query_symbols");
  complete(out.store_events, "storage.store_events");
  complete(out.query_events, "storage.query_events");
  if (!writes && !reads)
    throw Error(TDK_INCOMPATIBLE, TDK_IID_STORAGE " offers neither commit nor query");
  return out;
}

tdk_outbox complete_outbox(const void *table) {
  auto out = read_struct(static_cast<const tdk_outbox *>(table), kSmallest, TDK_IID_OUTBOX);
  out.struct_size = sizeof out;
  bool whole = complete(out.claim, "outbox.claim");
  whole = complete(out.read, "outbox.read") && whole;
  whole = complete(out.settle, "outbox.settle") && whole;
  whole = complete(out.replay, "outbox.replay") && whole;
  whole = complete(out.purge, "outbox.purge") && whole;
  whole = complete(out.stat, "outbox.stat") && whole;
  if (!whole) throw Error(TDK_INCOMPATIBLE, TDK_IID_OUTBOX " lacks a function");
  return out;
}

tdk_eventsink complete_event_sink(const void *table) {
  auto out = read_struct(static_cast<const tdk_eventsink *>(table), kSmallest, TDK_IID_EVENTSINK);
  out.struct_size = sizeof out;
  if (!complete(out.publish, "eventsink.publish"))
    throw Error(TDK_INCOMPATIBLE, TDK_IID_EVENTSINK " lacks publish");
  return out;
}

tdk_cache complete_cache(const void *table) {
  auto out = read_struct(static_cast<const tdk_cache *>(table), kSmallest, TDK_IID_CACHE);
  out.struct_size = sizeof out;
  const bool reads = complete(out.get, "cache.get");
  const bool writes = complete(out.set, "cache.set");
  complete(out.remove, "cache.remove");
  complete(out.clear, "cache.clear");
  if (!reads || !writes) throw Error(TDK_INCOMPATIBLE, TDK_IID_CACHE " lacks get or set");
  return out;
}

tdk_shared_budget complete_shared_budget(const void *table) {
  auto out = read_struct(static_cast<const tdk_shared_budget *>(table), kSmallest, TDK_IID_SHARED_BUDGET);
  out.struct_size = sizeof out;
  if (!complete(out.exchange, "sharedbudget.exchange"))
    throw Error(TDK_INCOMPATIBLE, TDK_IID_SHARED_BUDGET " lacks exchange");
  return out;
}

tdk_transfer complete_transfer(const void *table) {
  auto out = read_struct(static_cast<const tdk_transfer *>(table), kSmallest, TDK_IID_TRANSFER);
  out.struct_size = sizeof out;
  const bool candles = complete(out.read_candles, "transfer.read_candles") & complete(out.write_candles, "transfer.write_candles");
  const bool ticks = complete(out.tick_symbols, "transfer.tick_symbols") & complete(out.read_quotes, "transfer.read_quotes");
  if (!candles || !ticks) throw Error(TDK_INCOMPATIBLE, TDK_IID_TRANSFER " lacks a function");
  return out;
}

}  // namespace tapedeck
