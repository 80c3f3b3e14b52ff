// What reading a configuration needs from outside: environment, files and the time. Injected, so
// that tests need neither.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "market/time.hpp"

namespace tapedeck {

inline constexpr std::size_t kMaxConfigBytes = 1024 * 1024;

// The text of a file, or why there is none ("is a directory"): exactly one is meant.
struct FileText {
  std::string text;
  std::string error;
};

struct ConfigInput {
  std::function<std::optional<std::string>(const std::string &name)> env;
  // Relative paths, in `${file:}` too, start at the working directory of the process.
  std::function<FileText(const std::string &path)> read_file;
  Nanos now = 0;  // what relative times are checked against
};

// The environment and the files of this process.
ConfigInput system_input(Nanos now);

// Reads a file of at most kMaxConfigBytes. Never throws: what went wrong is in `error`.
FileText read_text_file(const std::string &path);

}  // namespace tapedeck
