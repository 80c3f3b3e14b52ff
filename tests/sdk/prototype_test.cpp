// Plugins compiled against the first ABI header: they load and work, since the ABI only grew. And
// the eleven ways in which the C++ layer meets an exception.
#include <gmock/gmock.h>

#include "fake_vendor.hpp"
#include "plugins/catalog.hpp"
#include "plugins/provider_plugin.hpp"
#include "plugins/test_support.hpp"

using namespace tapedeck;
namespace fs = std::filesystem;

namespace {

class Prototype : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(fs::path(PROTOTYPE_PLUGINS) / "throwy.so"))
      GTEST_SKIP() << "TAPEDECK_SHARED holds no design/abi-prototype: its plugins were not built";
  }
  std::string file(const std::string &name) const {
    return (fs::path(PROTOTYPE_PLUGINS) / (name + ".so")).string();
  }
  ProviderPlugin provider(const std::string &name) {
    const auto &module = catalog_.load(file(name));
    InstanceSettings settings;
    settings.name = name;
    settings.host = test::make_fake_vendor();
    return ProviderPlugin(
        PluginInstance::make(module, module.info().plugins.at(0).id, std::move(settings)));
  }
  static PluginCandleQuery query(const std::string &symbol, std::int64_t minutes) {
    PluginCandleQuery out;
    out.series.symbol = symbol;
    out.range = {0, minutes * kMinute};
    return out;
  }
  PluginCatalog catalog_{{}};
};

TEST_F(Prototype, PureCDelivers) {
  std::uint64_t rows = 0;
  provider("pure").fetch_candles(
      query("X", 5000), [&](const tdk_candle_batch &b) { return rows += b.count, TDK_OK; },
      nullptr);
  EXPECT_EQ(rows, 5000u);
}

TEST_F(Prototype, EveryKindOfPluginIsTaken) {
  for (const char *name : {"acme", "quality", "streamer"})
    EXPECT_EQ(&catalog_.load(file(name)), &Module::load(file(name))) << name;
}

TEST_F(Prototype, ExceptionsBecomeStatuses) {
  const struct {
    const char *symbol;
    tdk_status status;
    const char *text;
  } cases[] = {{"inner", TDK_OK, ""},
               {"runtime", TDK_INTERNAL, "a runtime error"},
               {"error", TDK_RATE_LIMITED, "slow down"},
               {"invalid", TDK_INVALID_ARGUMENT, "bad argument"},
               {"own", TDK_INTERNAL, "my own type"},
               {"int", TDK_INTERNAL, "unknown exception"},
               {"bad_alloc", TDK_OUT_OF_MEMORY, "out of memory"},
               {"stl", TDK_INTERNAL, ""},
               {"stoi", TDK_INVALID_ARGUMENT, ""},
               {"length", TDK_INTERNAL, ""},
               {"thread", TDK_INTERNAL, "from a thread"}};
  auto throwy = provider("throwy");
  for (const auto &c : cases) {
    const auto error = test::error_of([&] {
      throwy.fetch_candles(
          query(c.symbol, 1), [](auto &) { return TDK_OK; }, nullptr);
    });
    EXPECT_EQ(error.code(), c.status) << c.symbol;
    if (c.status == TDK_OK) continue;
    EXPECT_THAT(error.what(), testing::StartsWith("throwy: fetch_candles: ")) << c.symbol;
    EXPECT_THAT(error.what(), testing::HasSubstr(c.text)) << c.symbol;
  }
}

}  // namespace
