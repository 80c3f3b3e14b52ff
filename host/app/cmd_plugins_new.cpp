#include <tapedeck/layer/core.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/plugin_skeleton.hpp"
#include "base/text.hpp"

namespace tapedeck {
namespace {

namespace fs = std::filesystem;

// plugins/ of the source tree, or of one like it: then the skeleton is one of the family.
bool is_in_tree(const fs::path &directory) {
  std::error_code ignored;
  return fs::exists(directory.parent_path() / "CMakeLists.txt", ignored) &&
         fs::exists(directory.parent_path().parent_path() / "sdk" / "cmake" / "TapedeckPlugin.cmake", ignored);
}

void write_file(const fs::path &path, const std::string &text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  if (!out) throw Error(TDK_IO, "writing " + path.string() + " failed; is the disk full, or the folder read-only?");
}

}  // namespace

int cmd_plugins_new(const std::string &directory) {
  const fs::path path = fs::absolute(fs::path(directory)).lexically_normal();
  const fs::path folder = path.filename().empty() ? path.parent_path() : path;
  const std::string name = folder.filename().string();
  if (const auto problem = plugin_name_problem(name)) throw Error(TDK_INVALID_ARGUMENT, *problem);
  std::error_code error;
  if (fs::exists(folder, error) && !fs::is_empty(folder, error))
    throw Error(TDK_INVALID_ARGUMENT, folder.string() + " is there already; name a folder that is not");
  fs::create_directories(folder, error);
  if (error) throw Error(TDK_IO, "making " + folder.string() + ": " + error.message());
  const bool in_tree = is_in_tree(folder);
  for (const auto &file : plugin_skeleton(name, in_tree)) {
    write_file(folder / file.name, file.text);
    std::printf("%s\n", (folder / file.name).c_str());
  }
  if (in_tree)
    std::fprintf(stderr, "tapedeck: add this line to %s:\n  add_subdirectory(%s)\n",
                 (folder.parent_path() / "CMakeLists.txt").c_str(), name.c_str());
  else
    std::fprintf(stderr, "tapedeck: build it: cmake -S %s -B %s/build -DCMAKE_PREFIX_PATH=WHERE_TAPEDECK_IS && cmake --build %s/build\n",
                 folder.c_str(), folder.c_str(), folder.c_str());
  return kExitOk;
}

}  // namespace tapedeck
