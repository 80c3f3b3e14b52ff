// run_stream() of a provider: what is asked for, and the sink that the plugin pushes into.
#pragma once

#include <string>
#include <vector>

#include "plugins/provider_calls.hpp"

namespace tapedeck {

class StreamCall final : public ProviderCall {
 public:
  StreamCall(const PluginInstance &instance, const ProviderTable &table, const PluginStreamAsk &ask,
             PluginStreamSink &sink, const tdk_cancel *cancel)
      : ProviderCall("run_stream", instance, table, cancel), ask_(ask), sink_(sink) {}

 private:
  tdk_status run(tdk_error *error) override;
  tdk_status take_candles(const tdk_series *series, const tdk_candle_batch *batch);
  tdk_status take_quotes(const tdk_quote *first, std::uint64_t count, std::uint64_t stride);
  tdk_status take_event(const tdk_stream_event *event);
  static StreamCall &of(void *context) { return *static_cast<StreamCall *>(context); }

  PluginStreamAsk ask_;
  PluginStreamSink &sink_;  // the caller's: used inside offer() only
  std::vector<tdk_quote> quotes_;
};

}  // namespace tapedeck
