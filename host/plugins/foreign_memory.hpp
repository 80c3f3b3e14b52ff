// Reads what a plugin's tables point at without trusting a single pointer: a wild one is an answer
// ("not readable"), never a crash.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace tapedeck {

// Copies `size` bytes from `from`; false when any of them cannot be read. Threads: any.
bool read_foreign(const void *from, void *to, std::size_t size);

// The NUL-terminated text at `from`, without control characters or broken UTF-8. Nothing when it is
// not readable or not terminated within `limit` bytes. Threads: any.
std::optional<std::string> read_foreign_text(const char *from, std::size_t limit);

// Does `address` lie in executable pages of a loaded image? Threads: any.
bool is_code(const void *address);

template <class R, class... A>
bool is_code(R (*function)(A...)) {
  return is_code(reinterpret_cast<const void *>(function));
}

}  // namespace tapedeck
