// Thirty-six files with one fault each beside one good plugin: every fault is refused in one clear
// line, and the good one delivers all the same.
#include <gmock/gmock.h>

#include <cstdio>

#include "fake_vendor.hpp"
#include "plugins/catalog.hpp"
#include "plugins/provider_plugin.hpp"
#include "plugins/test_support.hpp"

using namespace tapedeck;
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::MatchesRegex;

namespace {

// By case: a part of the line an operator reads.
const char *const kReasons[] = {
    /* 0*/ "does not export tdk_plugin_entry_v1",
    /* 1*/ "wants plugin ABI major 2",
    /* 2*/ "the module table is null",
    /* 3*/ "was built for plugin ABI major 9",
    /* 4*/ "the module table has struct_size 8",
    /* 5*/ "the module table has struct_size 4294967295",
    /* 6*/ "has the bad plugin id 'Bad Id!'",
    /* 7*/ "needs a host of ABI 1.99",
    /* 8*/ "describes no plugin",
    /* 9*/ "offers no function",
    /*10*/ "create: the plugin let an exception escape",
    /*11*/ "create left destroy unset",
    /*12*/ "provider.fetch_candles is no function",
    /*13*/ "fetch_candles: the plugin let an exception escape",
    /*14*/ "row 1: open_time is not after the row before",
    /*15*/ "a required column is missing",
    /*16*/ "the plugin returned the unknown status 4711",
    /*17*/ "ignored its cancelled token in fetch_candles (killed after 1 s)",
    /*18*/ "called exit(3) in fetch_candles",
    /*19*/ "crashed (SIGABRT) in fetch_candles",
    /*20*/ "the batch has 4611686018427387904 rows",
    /*21*/ "the batch has struct_size 16",
    /*22*/ "row 0: low is above high",
    /*23*/ "bad data: row 0: open_time is not after the batch before",
    /*24*/ "hung in fetch_candles (killed after 5 s)",
    /*25*/ "module.create is no function",
    /*26*/ "the module table is not readable",
    /*27*/ "its entry let an exception escape",
    /*28*/ "crashed (SIGABRT) in its static constructors",
    /*29*/ "undefined symbol",
    /*30*/ "hung in its static constructors (killed after 5 s)",
    /*31*/ "does not export tdk_plugin_entry_v1",
    /*32*/ "is no ELF file",
    /*33*/ "it is truncated or damaged",
    /*34*/ "is a 32-bit library",
    /*35*/ "is empty",
};

std::string file_name(std::size_t number) {
  char text[32];
  std::snprintf(text, sizeof text, "broken_%02zu.so", number);
  return text;
}

// The files that are no source: 31 is linked to a plugin but has no entry, the rest are bytes.
void add_hand_made(const test::TemporaryFolder &folder) {
  const std::string good = test::bytes_of(GOOD_PLUGIN);
  std::string narrow = good;
  narrow[4] = 1;  // ELFCLASS32
  folder.copy(BORROWED_ENTRY, file_name(31));
  folder.write(file_name(32), "this is no library\n");
  folder.write(file_name(33), good.substr(0, good.size() / 2));
  folder.write(file_name(34), narrow);
  folder.write(file_name(35), "");
}

std::uint64_t delivered_by(const Module &module) {
  InstanceSettings settings;
  settings.host = test::make_fake_vendor();
  ProviderPlugin provider(
      PluginInstance::make(module, module.info().plugins.at(0).id, std::move(settings)));
  PluginCandleQuery query;
  query.range = {0, 10 * kMinute};
  std::uint64_t rows = 0;
  provider.fetch_candles(
      query, [&](const tdk_candle_batch &b) { return rows += b.count, TDK_OK; }, nullptr);
  return rows;
}

CatalogEntry entry_of(const PluginCatalog &catalog, const std::string &name) {
  for (auto &entry : catalog.entries())
    if (entry.path.filename() == name) return entry;
  return {};
}

void expect_refused(const PluginCatalog &catalog, std::size_t number) {
  const auto entry = entry_of(catalog, file_name(number));
  const std::string line = entry.line();
  std::printf("%s\n", line.substr(line.find(file_name(number))).c_str());
  EXPECT_EQ(entry.state, PluginState::Refused) << file_name(number);
  EXPECT_THAT(line, HasSubstr(kReasons[number]));
  EXPECT_THAT(line, MatchesRegex("/[^\n]*" + file_name(number) + ": refused: [^\n]+"));
}

TEST(BrokenPlugins, HandMadeOnesAreRefusedAndTheGoodOneDelivers) {
  const test::TemporaryFolder folder;
  add_hand_made(folder);
  folder.copy(GOOD_PLUGIN, "good.so");
  CatalogSettings settings;
  settings.directories = {folder.path()};
  PluginCatalog catalog(settings);
  for (std::size_t i = 31; i < std::size(kReasons); ++i) expect_refused(catalog, i);
  EXPECT_EQ(delivered_by(catalog.load("sound")), 1u);
}

// The lint sees that the file exports no entry; the loader must not be taken in either.
TEST(BrokenPlugins, AnEntryOfADependencyIsNotItsOwn) {
  const auto error = test::error_of([] { Module::load(BORROWED_ENTRY); });
  EXPECT_EQ(error.code(), TDK_INCOMPATIBLE);
  EXPECT_THAT(error.what(), HasSubstr("takes its entry from another library"));
}

TEST(BrokenPlugins, ThoseOfThePrototypeAreRefusedAndTheGoodOneDelivers) {
  const fs::path built = PROTOTYPE_PLUGINS;
  if (!fs::exists(built / "broken_0.so"))
    GTEST_SKIP() << "TAPEDECK_SHARED holds no design/abi-prototype: its plugins were not built";
  const test::TemporaryFolder folder;
  for (std::size_t i = 0; i <= 30; ++i)
    folder.copy(built / ("broken_" + std::to_string(i) + ".so"), file_name(i));
  folder.copy(GOOD_PLUGIN, "good.so");
  CatalogSettings settings;
  settings.directories = {folder.path()};
  PluginCatalog catalog(settings);
  for (std::size_t i = 0; i <= 30; ++i) expect_refused(catalog, i);
  EXPECT_EQ(delivered_by(catalog.load("sound")), 1u);
}

}  // namespace
