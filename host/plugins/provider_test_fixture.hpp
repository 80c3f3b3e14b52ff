// A scripted provider ready to be called, for the tests of instances.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "plugins/provider_plugin.hpp"
#include "plugins/test_support.hpp"

namespace tapedeck::test {

inline PluginCandleQuery minutes(const std::string &symbol, std::int64_t n = 10,
                                 std::uint64_t limit = 0) {
  PluginCandleQuery query;
  query.series.symbol = symbol;
  query.range = {0, n * kMinute};
  query.limit = limit;
  return query;
}

class ProviderTest : public ::testing::Test {
 protected:
  InstanceSettings settings() {
    InstanceSettings out;
    out.name = "feed";
    out.options = {{"key", "k"}};
    out.host = BareHost::view(host_);
    return out;
  }
  std::shared_ptr<PluginInstance> make() {
    return PluginInstance::make(Module::load(SCRIPTED_PLUGIN), "scripted", settings());
  }
  static CandleSink counting(std::uint64_t &rows) {
    return [&rows](const tdk_candle_batch &batch) {
      rows += batch.count;
      return TDK_OK;
    };
  }

  std::shared_ptr<BareHost> host_ = BareHost::make();
};

}  // namespace tapedeck::test
