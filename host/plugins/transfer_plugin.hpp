// A storage plugin that gives and takes all it keeps, as the host calls it.
#pragma once

#include <tapedeck/abi.h>

#include <cstdint>
#include <memory>
#include <span>

#include "plugins/storage_plugin.hpp"

namespace tapedeck {

// The other interface of the instance behind a StoragePlugin; calls, sinks, failures and threads are as there.
class TransferPlugin {
 public:
  template <class T>
  using Sink = StoragePlugin::Sink<T>;

  explicit TransferPlugin(std::shared_ptr<PluginInstance> instance);  // throws TDK_NOT_SUPPORTED

  // Standing values first, then former ones; each batch is checked for shape, order, range and readable texts, and
  // has its `replaced_at` exactly when it is of former values.
  tdk_status read_candles(const tdk_series &series, tdk_range range, const Sink<tdk_kept_candles> &sink,
                          const tdk_cancel *cancel);
  // How many rows were new. Throws TDK_INVALID_ARGUMENT when another value stands at one of the open times.
  std::uint64_t write_candles(const tdk_series &series, std::span<const tdk_kept_candles> kept);

  // Each of a readable size and not empty.
  tdk_status tick_symbols(const Sink<tdk_str> &sink, const tdk_cancel *cancel);
  // Each quote is checked for its range, order, exponents and symbol, and has a sequence. The stride is ours.
  tdk_status read_quotes(tdk_str symbol, tdk_range range, const Sink<tdk_kept_quotes> &sink, const tdk_cancel *cancel);

 private:
  std::shared_ptr<PluginInstance> instance_;
  tdk_transfer table_;
};

}  // namespace tapedeck
