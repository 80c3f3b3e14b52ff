#include "plugins/transfer_plugin.hpp"

#include <gmock/gmock.h>

#include "market/series.hpp"
#include "plugins/test_support.hpp"

using namespace tapedeck;
using testing::ElementsAre;

namespace {

std::shared_ptr<PluginInstance> instance_of(const char *id, OptionValues options = {}) {
  InstanceSettings settings;
  settings.name = "old";
  settings.options = std::move(options);
  settings.host = test::BareHost::view(test::BareHost::make());
  return PluginInstance::make(Module::load(SCRIPTED_PLUGIN), id, settings);
}

constexpr tdk_range kRange{10, 20};

struct TransferPluginTest : testing::Test {
  // Rank, version and whether they gave way, of each batch.
  std::vector<std::string> read(const std::string &symbol) {
    std::vector<std::string> out;
    const Series series{symbol, Interval(), TDK_PRICE_TRADE, TDK_ADJ_RAW};
    const auto take = [&](const tdk_kept_candles &k) {
      out.push_back(std::to_string(k.rank) + " " + std::string(sv(k.source_version)) + " " + std::to_string(k.batch->count) +
                    (k.replaced_at != nullptr ? " former" : ""));
      return TDK_OK;
    };
    transfer.read_candles(series.abi(), kRange, take, nullptr);
    return out;
  }
  std::uint64_t quotes(const std::string &symbol) {
    std::uint64_t n = 0;
    transfer.read_quotes(str(symbol), kRange, [&](const tdk_kept_quotes &k) { return n += k.count, TDK_OK; }, nullptr);
    return n;
  }
  TransferPlugin transfer{instance_of("archive")};
};

TEST_F(TransferPluginTest, HandsOverStandingAndFormerValues) { EXPECT_THAT(read("X"), ElementsAre("3 1.0 1", "3 1.0 2 former")); }

TEST_F(TransferPluginTest, RefusesCandlesThatCannotBeUsed) {
  for (const char *symbol : {"OUTSIDE", "DISORDER", "NAMELESS", "SMALL", "AGAIN"})
    EXPECT_EQ(test::error_of([&] { read(symbol); }).code(), TDK_BAD_DATA) << symbol;
}

TEST_F(TransferPluginTest, SaysWhatIsWrongWithThem) {
  EXPECT_STREQ(test::error_of([&] { read("DISORDER"); }).what(), "old: read_candles: the former values are not in order");
}

TEST_F(TransferPluginTest, WritesAndSaysHowManyWereNew) {
  const std::int64_t times[] = {10, 11};
  tdk_candle_batch batch{};
  batch.struct_size = sizeof batch;
  batch.count = 2;
  batch.open_time = batch.open = batch.high = batch.low = batch.close = times;
  const tdk_kept_candles kept{sizeof kept, 0, {}, &batch, nullptr};
  const Series series{"X", Interval(), TDK_PRICE_TRADE, TDK_ADJ_RAW}, other{"OTHER", Interval(), TDK_PRICE_TRADE, TDK_ADJ_RAW};
  EXPECT_EQ(transfer.write_candles(series.abi(), {&kept, 1}), 2u);
  EXPECT_EQ(test::error_of([&] { transfer.write_candles(other.abi(), {&kept, 1}); }).code(), TDK_INVALID_ARGUMENT);
}

TEST_F(TransferPluginTest, NamesTheSymbolsOfTicksUntilItIsStopped) {
  std::vector<std::string> symbols;
  const auto take = [&](tdk_str s) { return symbols.emplace_back(sv(s)), TDK_OK; };
  transfer.tick_symbols(take, nullptr);
  EXPECT_THAT(symbols, ElementsAre("A", "B"));
  EXPECT_EQ(transfer.tick_symbols([](tdk_str) { return TDK_STOP; }, nullptr), TDK_STOP);
}

TEST_F(TransferPluginTest, RefusesQuotesThatCannotBeUsed) {
  EXPECT_EQ(quotes("X"), 2u);
  for (const char *symbol : {"MIXED", "UNNUMBERED", "DISORDER", "LATE"})
    EXPECT_EQ(test::error_of([&] { quotes(symbol); }).code(), TDK_BAD_DATA) << symbol;
}

TEST(TransferPlugin, IsRefusedWithoutTheInterface) {
  const Error e = test::error_of([] { TransferPlugin plugin(instance_of("store", {{"path", "x"}})); });
  EXPECT_EQ(e.code(), TDK_NOT_SUPPORTED);
  EXPECT_STREQ(e.what(), "old: offers no tapedeck.transfer/1");
}

}  // namespace
