#include "plugins/discover.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <system_error>

namespace tapedeck {
namespace {

namespace fs = std::filesystem;

void add_once(std::vector<fs::path> &to, const fs::path &directory) {
  std::error_code error;
  auto real = fs::weakly_canonical(directory, error);
  if (error) real = directory;
  if (std::find(to.begin(), to.end(), real) == to.end()) to.push_back(std::move(real));
}

}  // namespace

std::vector<fs::path> plugin_directories(const std::vector<fs::path> &given) {
  std::vector<fs::path> out;
  std::error_code error;
  const auto self = fs::read_symlink("/proc/self/exe", error);
  if (!error) add_once(out, self.parent_path() / "../lib/tapedeck/plugins");
  const char *path = std::getenv("TAPEDECK_PLUGIN_PATH");
  for (std::string_view rest = path != nullptr ? path : ""; !rest.empty();) {
    const auto end = std::min(rest.find(':'), rest.size());
    if (end > 0) add_once(out, rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  for (const auto &directory : given) add_once(out, directory);
  return out;
}

std::vector<fs::path> plugin_files(const fs::path &directory) {
  std::vector<fs::path> out;
  std::error_code error;
  for (fs::directory_iterator i(directory, error), end; !error && i != end; i.increment(error)) {
    if (i->path().extension() != ".so") continue;
    std::error_code broken;
    const auto real = fs::canonical(i->path(), broken);
    out.push_back(broken ? i->path() : real);  // a dangling link is reported, not skipped
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string distrust(const fs::path &file) {
  struct stat st {};
  if (stat(file.c_str(), &st) != 0)
    return "cannot be opened: " + std::generic_category().message(errno);
  if (!S_ISREG(st.st_mode)) return "is no regular file";
  if ((st.st_mode & S_IWOTH) != 0) return "is writable by everyone: chmod o-w it";
  if (st.st_uid == geteuid()) return {};
  if (st.st_uid != 0)
    return "belongs to user " + std::to_string(st.st_uid) + ", neither root nor us: chown it";
  if ((st.st_mode & S_IWGRP) != 0) return "is root's but writable by a group: chmod g-w it";
  return {};
}

}  // namespace tapedeck
