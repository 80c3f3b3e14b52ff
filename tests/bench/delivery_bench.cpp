// Ticks from put() into the sqlite plugin, at a given rate or as fast as they go.
//
//   delivery_bench [ticks per second, 0: no limit] [seconds] [symbols]
//
// Prints one JSON object.
#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>

#include "live/delivery.hpp"
#include "plugin_under_test.hpp"
#include "runtime/plugin_storage.hpp"

namespace tapedeck::bench {
namespace {

constexpr std::size_t kSpan = 20;  // ticks a put

struct Arguments {
  std::size_t rate = 170'000, seconds = 5, symbols = 20;
};

double seconds_since(Nanos start) { return static_cast<double>(system_clock().monotonic_ns() - start) * 1e-9; }

std::unique_ptr<Storage> open_sqlite(const conformance::FakeHost &host, const std::filesystem::path &file) {
  InstanceSettings settings;
  settings.options = {{"path", file.string()}};
  settings.host = std::shared_ptr<const tdk_host>(std::shared_ptr<void>(), host.raw());
  return make_plugin_storage(PluginInstance::make(Module::load(SQLITE_PLUGIN), "sqlite", settings));
}

void put_all(Delivery &delivery, const std::vector<std::shared_ptr<const LiveSymbol>> &symbols,
             const DeliverySource &source, const Arguments &arguments, std::size_t total, std::size_t &most) {
  std::vector<Tick> ticks(kSpan);
  const Nanos start = system_clock().monotonic_ns();
  for (std::size_t n = 0; n < total; n += kSpan) {
    for (std::size_t i = 0; i < kSpan; ++i) {
      const auto sequence = static_cast<std::int64_t>(n + i);
      ticks[i] = Tick{};
      ticks[i].time = 1'700'000'000'000'000'000 + sequence * 5000;
      ticks[i].sequence = sequence;
      ticks[i].bid = 4'200'000 + sequence % 999;
      ticks[i].ask = ticks[i].bid + 1;
      ticks[i].bid_size = ticks[i].ask_size = 5'000'000 + sequence % 777;
      ticks[i].price_exp = -2;
      ticks[i].size_exp = -8;
    }
    delivery.put(*symbols[n / kSpan % symbols.size()], source, ticks);
    if (n % (kSpan * 64) != 0) continue;
    most = std::max(most, delivery.counts().queued_rows);
    if (arguments.rate == 0) continue;
    const double ahead = static_cast<double>(n) / static_cast<double>(arguments.rate) - seconds_since(start);
    if (ahead > 0) system_clock().sleep_ns(static_cast<std::int64_t>(ahead * 1e9), nullptr);
  }
}

int run(const Arguments &arguments) {
  std::string pattern = (std::filesystem::temp_directory_path() / "tapedeck-delivery-XXXXXX").string();
  const std::filesystem::path directory = mkdtemp(pattern.data());
  const conformance::FakeHost host;
  LiveHub hub;
  Metrics metrics;
  std::vector<std::shared_ptr<const LiveSymbol>> symbols;
  for (std::size_t i = 0; i < std::max<std::size_t>(arguments.symbols, 1); ++i)
    symbols.push_back(hub.open_symbol("bench", "S" + std::to_string(i) + "/USDT"));
  const DeliverySource source{"binance", "binance 0.1.0", 0};
  DeliverySettings settings;
  settings.spool = directory / "spool";
  const std::size_t total = arguments.seconds * (arguments.rate == 0 ? 200'000 : arguments.rate);
  std::size_t most = 0;
  {
    Delivery delivery(
        "bench", [&] { return open_sqlite(host, directory / "t.db"); }, settings, system_clock(), hub, metrics);
    const Nanos start = system_clock().monotonic_ns();
    const auto cpu = std::clock();
    put_all(delivery, symbols, source, arguments, total, most);
    const double put = seconds_since(start);
    while (delivery.counts().ticks_stored < total) system_clock().sleep_ns(1'000'000, nullptr);
    const double stored = seconds_since(start);
    const auto counts = delivery.counts();
    std::printf("{\"ticks\": %zu, \"put_s\": %.2f, \"stored_s\": %.2f, \"stored_per_s\": %.0f, \"cpu_s\": %.2f, "
                "\"most_in_memory\": %zu, \"spooled\": %llu, \"dropped\": %llu}\n",
                total, put, stored, static_cast<double>(total) / stored,
                static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC, most,
                static_cast<unsigned long long>(counts.spooled_rows),
                static_cast<unsigned long long>(counts.dropped_ticks));
  }
  std::filesystem::remove_all(directory);
  return 0;
}

}  // namespace
}  // namespace tapedeck::bench

int main(int argc, char **argv) {
  tapedeck::bench::Arguments arguments;
  std::size_t *const all[] = {&arguments.rate, &arguments.seconds, &arguments.symbols};
  for (int i = 1; i < argc && i <= 3; ++i) *all[i - 1] = std::strtoull(argv[i], nullptr, 10);
  return tapedeck::bench::run(arguments);
}
