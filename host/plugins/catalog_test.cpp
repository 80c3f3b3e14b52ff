#include "plugins/catalog.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "plugins/discover.hpp"
#include "plugins/test_support.hpp"

using namespace tapedeck;
using testing::HasSubstr;

namespace {

namespace fs = std::filesystem;

fs::path misdeed(const std::string &name) {
  return fs::path(MISDEED_FOLDER) / ("misdeed_" + name + ".so");
}

CatalogSettings looking_into(std::vector<fs::path> directories) {
  CatalogSettings settings;
  settings.directories = std::move(directories);
  return settings;
}

std::vector<std::string> lines_of(const PluginCatalog &catalog) {
  std::vector<std::string> out;
  for (const auto &entry : catalog.entries())
    out.push_back(entry.path.filename().string() + entry.line().substr(entry.path.string().size()));
  return out;
}

TEST(Catalog, ListsWhatCanBeLoadedAndWhyTheRestCannot) {
  const test::TemporaryFolder folder;
  folder.copy(misdeed("sound"), "b.so");
  folder.copy(misdeed("crashes"), "a.so");
  folder.write("c.so", "text");
  folder.write("readme.txt", "no plugin");
  fs::create_symlink("gone", folder.path() / "d.so");
  const PluginCatalog catalog(looking_into({folder.path(), folder.path() / "missing"}));
  EXPECT_THAT(lines_of(catalog),
              testing::ElementsAre("a.so: refused: crashed (SIGABRT) in its static constructors",
                                   "b.so: available: sound 1.0.0", "c.so: refused: is no ELF file",
                                   "d.so: refused: cannot be found: No such file or directory"));
}

TEST(Catalog, FirstDirectoryWinsAnId) {
  const test::TemporaryFolder first, second;
  first.copy(misdeed("sound"), "x.so");
  second.copy(misdeed("sound"), "y.so");
  const PluginCatalog catalog(looking_into({first.path(), second.path()}));
  EXPECT_EQ(catalog.find("sound").path.filename(), "x.so");
  EXPECT_THAT(catalog.entries().at(1).line(), HasSubstr("refused: its id sound is taken by"));
}

TEST(Catalog, SameFileThroughALinkIsOnePlugin) {
  const test::TemporaryFolder folder;
  folder.copy(misdeed("sound"), "x.so");
  fs::create_symlink("x.so", folder.path() / "y.so");
  EXPECT_THAT(lines_of(PluginCatalog(looking_into({folder.path()}))),
              testing::ElementsAre("x.so: available: sound 1.0.0"));
}

TEST(Catalog, LoadsByIdAndByPath) {
  const test::TemporaryFolder folder;
  const auto file = folder.copy(misdeed("sound"), "x.so");
  PluginCatalog catalog(looking_into({folder.path()}));
  const auto &module = catalog.load("sound");
  EXPECT_EQ(&module, &catalog.load(file.string()));
  EXPECT_EQ(catalog.find("sound").state, PluginState::Loaded);
  EXPECT_EQ(&module, &PluginCatalog({}).load(file.string()));
}

TEST(Catalog, NamesTheNearestId) {
  const test::TemporaryFolder folder;
  folder.copy(misdeed("sound"), "x.so");
  const PluginCatalog catalog(looking_into({folder.path()}));
  const auto error = test::error_of([&] { catalog.find("soud"); });
  EXPECT_EQ(error.code(), TDK_NOT_FOUND);
  EXPECT_STREQ(error.what(), "no plugin 'soud'; did you mean 'sound'?");
}

TEST(Catalog, RefusesWhatEveryoneCanWrite) {
  const test::TemporaryFolder folder;
  const auto file = folder.copy(misdeed("sound"), "x.so");
  ASSERT_EQ(chmod(file.c_str(), 0666), 0);
  EXPECT_THAT(lines_of(PluginCatalog(looking_into({folder.path()}))),
              testing::ElementsAre("x.so: refused: is writable by everyone: chmod o-w it"));
}

class CachedCatalog : public testing::Test {
 protected:
  CatalogSettings settings() {
    auto out = looking_into({folder_.path()});
    out.cache_directory = cache_.path() / "deep/er";
    out.debug = [this](const std::string &note) { notes_.push_back(note); };
    return out;
  }
  // With a probe that cannot run: what comes out was in the cache.
  CatalogSettings without_probe() {
    auto out = settings();
    out.probe.executable = "/bin/false";
    return out;
  }
  fs::path cache_file() const { return cache_.path() / "deep/er/probes.json"; }

  test::TemporaryFolder folder_, cache_;
  std::vector<std::string> notes_;
};

TEST_F(CachedCatalog, ProbesAFileOnce) {
  folder_.copy(SCRIPTED_PLUGIN, "a.so");
  folder_.copy(misdeed("exits"), "b.so");
  const auto first = lines_of(PluginCatalog(settings()));
  EXPECT_EQ(lines_of(PluginCatalog(without_probe())), first);
  EXPECT_EQ(first.size(), 7u);
}

TEST_F(CachedCatalog, KeepsOptions) {
  folder_.copy(SCRIPTED_PLUGIN, "a.so");
  PluginCatalog{settings()};
  const auto options = PluginCatalog(without_probe()).find("scripted").options;
  ASSERT_EQ(options.size(), 4u);
  EXPECT_EQ(options[1].default_value, "small");
  EXPECT_FALSE(options[0].has_default);
}

TEST_F(CachedCatalog, ProbesAgainWhatChanged) {
  folder_.copy(misdeed("exits"), "a.so");
  PluginCatalog{settings()};
  folder_.copy(misdeed("sound"), "a.so");
  EXPECT_THAT(lines_of(PluginCatalog(without_probe())),
              testing::ElementsAre(HasSubstr("could not be probed")));
  EXPECT_THAT(lines_of(PluginCatalog(settings())),
              testing::ElementsAre("a.so: available: sound 1.0.0"));
}

TEST_F(CachedCatalog, CheckingAFileCorrectsWhatIsKept) {
  const auto file = folder_.copy(misdeed("sound"), "a.so");
  auto hasty = settings();
  hasty.probe.limit = std::chrono::milliseconds(0);
  PluginCatalog{hasty};
  EXPECT_EQ(check_plugin_file(file, settings()).at(0).state, PluginState::Available);
  EXPECT_EQ(PluginCatalog(without_probe()).find("sound").state, PluginState::Available);
}

TEST_F(CachedCatalog, DoesNotKeepWhatIsNotCertain) {
  folder_.copy(misdeed("sound"), "a.so");
  PluginCatalog{without_probe()};
  EXPECT_EQ(PluginCatalog(settings()).find("sound").state, PluginState::Available);
}

TEST_F(CachedCatalog, StartsAnewFromACorruptFile) {
  folder_.copy(misdeed("sound"), "a.so");
  PluginCatalog{settings()};
  std::ofstream(cache_file()) << "{\"host\": [";
  EXPECT_EQ(PluginCatalog(settings()).find("sound").state, PluginState::Available);
  EXPECT_THAT(notes_, testing::Contains(HasSubstr("unreadable and start anew")));
  EXPECT_EQ(PluginCatalog(without_probe()).find("sound").state, PluginState::Available);
}

TEST_F(CachedCatalog, DoesWithoutAPlaceToWrite) {
  folder_.copy(misdeed("sound"), "a.so");
  std::ofstream(cache_.path() / "deep") << "in the way";
  EXPECT_EQ(PluginCatalog(settings()).find("sound").state, PluginState::Available);
  EXPECT_THAT(notes_, testing::Contains(HasSubstr("plugin verdicts are not kept")));
}

TEST(PluginDirectories, AreThoseOfTheProgramThenThePathThenThoseGiven) {
  setenv("TAPEDECK_PLUGIN_PATH", "/some/where::/else", 1);
  const auto found = plugin_directories({"/given", "/given"});
  unsetenv("TAPEDECK_PLUGIN_PATH");
  ASSERT_EQ(found.size(), 4u);
  EXPECT_THAT(found[0].string(), testing::EndsWith("/lib/tapedeck/plugins"));
  EXPECT_EQ(found[1], "/some/where");
  EXPECT_EQ(found[2], "/else");
  EXPECT_EQ(found[3], "/given");
}

}  // namespace
