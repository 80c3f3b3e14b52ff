// `tapedeck plugins new`: the skeleton is built outside the tree and inside a tree, loaded, and backfilled from.
#include <gmock/gmock.h>

#include <atomic>
#include <charconv>

#include "net/scripted_server.hpp"
#include "support/site.hpp"

using namespace tapedeck::integration;
using tapedeck::testing::Peer;
using tapedeck::testing::ScriptedServer;
using testing::HasSubstr;
namespace fs = std::filesystem;

namespace {

std::int64_t number_after(const std::string &head, const std::string &name) {
  const std::size_t at = head.find(name) + name.size();
  std::int64_t value = 0;
  std::from_chars(head.data() + at, head.data() + head.size(), value);
  return value;
}

// The vendor that the skeleton expects: a line a minute.
void serve(Peer &peer) {
  for (std::string head = peer.read_head(); !head.empty(); head = peer.read_head()) {
    std::string body;
    const std::int64_t to = number_after(head, "to=");
    for (std::int64_t t = number_after(head, "from="); t < to; t += 60'000)
      body += std::to_string(t) + ",1.09500,1.09520,1.09490,1.09510,12.5\n";
    peer.answer(body);
  }
}

struct PluginsNew : testing::Test {
  void ok(const fs::path &program, const std::vector<std::string> &arguments) {
    const auto done = run({program, arguments, {}, {}, 0}, 240s);
    ASSERT_EQ(done.exit_code, 0) << program << "\n" << done.out << done.err;
  }
  // Without the sanitizers of this build: as a stranger builds it. The probe loads it in a process with them.
  void build(const fs::path &source, const std::vector<std::string> &more) {
    std::vector<std::string> configure = {"-S", source.string(), "-B", (source / "build").string(), "-DCMAKE_BUILD_TYPE=Release"};
    configure.insert(configure.end(), more.begin(), more.end());
    ok(TAPEDECK_CMAKE, configure);
    ok(TAPEDECK_CMAKE, {"--build", (source / "build").string()});
  }
  // Checked as the host checks it, then a day of candles through it.
  void load_and_backfill(const fs::path &plugin) {
    const auto checked = site.tapedeck({"plugins", "check", plugin.string()});
    ASSERT_EQ(checked.exit_code, 0) << checked.err;
    EXPECT_THAT(checked.out, HasSubstr("acme-feed 0.1.0"));
    const fs::path config = site.write("acme.yaml",
        "version: 1\nplugin_dirs: [\"" + plugin.parent_path().string() + "\"]\nplugins:\n"
        "  acme: { module: acme-feed, options: { base_url: \"http://127.0.0.1:" + std::to_string(vendor.port()) + "\" } }\n"
        "  store: { module: sqlite, options: { path: \"" + site.store().string() + "\" } }\n"
        "pipelines:\n  - { name: first, symbols: [BTC/USDT], intervals: [1m], sources: [acme], storage: store,\n"
        "      backfill: { since: \"2024-01-01\", until: \"2024-01-02\" } }\n");
    const auto done = site.tapedeck({"backfill", config.string()});
    ASSERT_EQ(done.exit_code, 0) << done.err << done.out;
    const auto rows = site.open_store().candles("BTC/USDT", "1m");
    EXPECT_EQ(rows.size(), 1440u);
    const auto query = site.tapedeck({"query", config.string(), "--symbol", "BTC/USDT", "--interval", "1m", "--to", "2024-01-01T00:01:00Z"});
    EXPECT_THAT(query.out, HasSubstr("2024-01-01T00:00:00Z,1.09500000,1.09520000,1.09490000,1.09510000,12.50000000,acme"));
  }

  ScriptedServer vendor{std::vector<tapedeck::testing::Scene>(64, &serve)};
  Site site{"http://127.0.0.1:1"};
};

TEST_F(PluginsNew, BuildsByItselfWithTheInstalledSdk) {
  const fs::path folder = site.directory() / "acme-feed", sdk = site.directory() / "sdk";
  const auto made = site.tapedeck({"plugins", "new", folder.string()});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(lines_of(made.out).size(), 3u);
  ok(TAPEDECK_CMAKE, {"-DCMAKE_INSTALL_PREFIX=" + sdk.string(), "-P", TAPEDECK_BUILD "/sdk/cmake_install.cmake"});
  build(folder, {"-DCMAKE_PREFIX_PATH=" + sdk.string(), "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Wpedantic -Werror"});
  load_and_backfill(folder / "build" / "acme-feed.so");
}

// A tree with the parts of ours that a plugin's folder meets: its own folder, and one line.
TEST_F(PluginsNew, InATreeItIsAFolderAndOneLine) {
  const fs::path tree = site.directory() / "tree", plugins = tree / "plugins";
  fs::create_directories(plugins);
  fs::create_symlink(fs::path(TAPEDECK_SOURCE) / "sdk", tree / "sdk");
  site.write("tree/CMakeLists.txt",
             "cmake_minimum_required(VERSION 3.23)\nproject(tree LANGUAGES CXX)\nset(CMAKE_CXX_STANDARD 20)\n"
             "add_library(sdk INTERFACE)\nadd_library(tapedeck::sdk ALIAS sdk)\n"
             "target_include_directories(sdk INTERFACE sdk/include)\n"
             "add_library(tapedeck_warnings INTERFACE)\n"
             "target_compile_options(tapedeck_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion "
             "-Wold-style-cast -Werror)\n"
             "include(sdk/cmake/TapedeckPlugin.cmake)\nadd_subdirectory(plugins)\n");
  site.write("tree/plugins/CMakeLists.txt", "");
  const auto made = site.tapedeck({"plugins", "new", (plugins / "acme-feed").string()});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_THAT(made.err, HasSubstr("add_subdirectory(acme-feed)"));
  site.write("tree/plugins/CMakeLists.txt", "add_subdirectory(acme-feed)\n");
  build(tree, {});
  load_and_backfill(tree / "build" / "plugins" / "acme-feed" / "acme-feed.so");
}

TEST_F(PluginsNew, OverwritesNothingAndWantsAName) {
  fs::create_directories(site.directory() / "taken");
  site.write("taken/notes.txt", "mine");
  const auto taken = site.tapedeck({"plugins", "new", (site.directory() / "taken").string()});
  EXPECT_EQ(taken.exit_code, 2);
  EXPECT_THAT(taken.err, HasSubstr("is there already"));
  for (const char *name : {"Acme", "a", "acme_feed", "9lives", "acme-"}) {
    const auto bad = site.tapedeck({"plugins", "new", (site.directory() / name).string()});
    EXPECT_EQ(bad.exit_code, 2) << name;
    EXPECT_THAT(bad.err, HasSubstr("cannot be the name of a plugin")) << name;
    EXPECT_FALSE(fs::exists(site.directory() / name)) << name;
  }
}

}  // namespace
