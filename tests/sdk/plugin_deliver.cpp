// plugin_deliver FILE.so...: takes each file the way the host does (lint, probe, load, create) and
// fetches 600 minutes from it; a line for each. Exit 0 when every one delivered them all.
#include <cstdio>
#include <string_view>
#include <tapedeck/layer/core.hpp>

#include "fake_vendor.hpp"
#include "plugins/catalog.hpp"
#include "plugins/probe_child.hpp"
#include "plugins/provider_plugin.hpp"

using namespace tapedeck;

namespace {

constexpr std::int64_t kRows = 600;

struct Delivered {
  std::uint64_t rows = 0;
  bool in_place = true;  // each row at its minute
};

Delivered fetch(ProviderPlugin &provider) {
  PluginCandleQuery query;
  query.series.symbol = "BTC/USDT";
  query.range = {kDay, kDay + kRows * kMinute};
  query.batch_hint = 256;
  Delivered out;
  const auto take = [&out](const tdk_candle_batch &batch) -> tdk_status {
    for (std::uint64_t i = 0; i < batch.count; ++i, ++out.rows)
      out.in_place &= batch.open_time[i] == kDay + static_cast<Nanos>(out.rows) * kMinute;
    return TDK_OK;
  };
  provider.fetch_candles(query, take, nullptr);
  return out;
}

bool deliver(const char *file) try {
  PluginCatalog catalog({});
  const auto &module = catalog.load(file);
  const auto &plugin = module.info().plugins.at(0);
  InstanceSettings settings;
  settings.options = sample_options(plugin);
  settings.host = test::make_fake_vendor();
  ProviderPlugin provider(PluginInstance::make(module, plugin.id, std::move(settings)));
  const auto delivered = fetch(provider);
  const bool good = delivered.rows == kRows && delivered.in_place;
  std::printf("%s: %s, built with %s: %llu rows%s\n", file, plugin.id.c_str(),
              module.info().sdk.c_str(), static_cast<unsigned long long>(delivered.rows),
              good ? "" : " NOT WHAT WAS ASKED FOR");
  return good;
} catch (const std::exception &e) {
  std::printf("%s: FAILED: %s\n", file, e.what());
  return false;
}

}  // namespace

int main(int argc, char **argv) {
  if (argc == 3 && std::string_view(argv[1]) == "plugin-probe") probe_child_main(argv[2]);
  bool good = argc > 1;
  for (int i = 1; i < argc; ++i) good &= deliver(argv[i]);
  return good ? 0 : 1;
}
