#include "config/config_input.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace tapedeck {
namespace {

// Why a path cannot be read as a configuration, empty when it may be tried. Devices and pipes are
// refused before they are opened: opening one could wait for ever.
std::string obstacle(const std::string &path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) return "no such file";
  if (error) return "cannot be read: " + error.message();
  if (std::filesystem::is_directory(status)) return "is a directory; name a file";
  if (!std::filesystem::is_regular_file(status)) return "is not a regular file";
  return {};
}

}  // namespace

FileText read_text_file(const std::string &path) {
  if (std::string why = obstacle(path); !why.empty()) return {"", std::move(why)};
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) return {"", std::string("cannot be read: ") + std::strerror(errno)};
  std::string text(kMaxConfigBytes + 1, '\0');
  in.read(text.data(), std::ssize(text));
  if (in.bad()) return {"", "cannot be read: the disk reports an error"};
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kMaxConfigBytes) return {"", "is larger than 1 MiB"};
  return {std::move(text), ""};
}

ConfigInput system_input(Nanos now) {
  ConfigInput input;
  input.env = [](const std::string &name) -> std::optional<std::string> {
    const char *value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  input.read_file = read_text_file;
  input.now = now;
  return input;
}

}  // namespace tapedeck
