// A storage plugin as the host calls it.
#pragma once

#include <tapedeck/abi.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "plugins/instance.hpp"

namespace tapedeck {

// Every call runs on the caller's thread: a transaction is not left alone half-way. A call that is
// late closes the instance for others (TDK_UNAVAILABLE) until it returns. What sinks get is
// borrowed until they return; they answer TDK_OK or TDK_STOP, and what they throw is thrown by the
// call. `cancel` may be NULL. TDK_OK, TDK_STOP and TDK_CANCELLED are answers, failures are thrown
// as Error
// ("store: commit: disk is full"). Threads: any; calls of one instance wait for each other unless
// the plugin is concurrent.
class StoragePlugin {
 public:
  template <class T>
  using Sink = std::function<tdk_status(const T &)>;

  explicit StoragePlugin(std::shared_ptr<PluginInstance> instance);  // throws TDK_NOT_SUPPORTED

  tdk_commit_result commit(const tdk_commit &commit);
  tdk_commit_result commit_batch(const tdk_commit_batch &batch);

  // Batches are checked for shape, order and range; prices are the storage's word.
  tdk_status query(const tdk_candle_request &request, const Sink<tdk_candle_batch> &sink,
                   const tdk_cancel *cancel);
  tdk_status coverage(const tdk_series &series, tdk_range range, const Sink<tdk_coverage> &sink,
                      const tdk_cancel *cancel);
  tdk_status list_series(const Sink<tdk_series_stat> &sink, const tdk_cancel *cancel);
  tdk_status revisions(const tdk_series &series, tdk_range range, const Sink<tdk_revision> &sink,
                       const tdk_cancel *cancel);
  // Each quote is checked for its kind, order and range; the text of its symbol is borrowed too.
  tdk_status query_quotes(const tdk_quote_request &request, const Sink<tdk_quote> &sink,
                          const tdk_cancel *cancel);
  // Arrays of ours; all of one call or nothing.
  void store_symbols(tdk_str source, std::int64_t fetched_at, std::span<const tdk_symbol> rows);
  void store_events(tdk_str source, std::int64_t fetched_at, std::span<const tdk_calendar_event> rows);
  // The texts are borrowed too; times and exponents are checked.
  tdk_status query_symbols(const tdk_symbol_request &request, const Sink<tdk_symbol> &sink,
                           const tdk_cancel *cancel);
  tdk_status query_events(const tdk_event_request &request, const Sink<tdk_calendar_event> &sink,
                          const tdk_cancel *cancel);
  // How many rows went; throws TDK_CANCELLED.
  std::uint64_t remove_before(const tdk_series &series, std::int64_t before,
                              const tdk_cancel *cancel);

  PluginInstance &instance() const { return *instance_; }

 private:
  std::shared_ptr<PluginInstance> instance_;
  tdk_storage table_;
};

}  // namespace tapedeck
