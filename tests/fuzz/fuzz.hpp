// What the fuzz targets share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

namespace tapedeck::fuzz {

inline std::string_view text_of(const std::uint8_t *data, std::size_t size) {
  return {reinterpret_cast<const char *>(data), size};
}

// Ends the run as a find when something that must hold does not.
inline void require(bool holds, const char *what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

// Calls `take` with pieces of `bytes`, each at most `step` long, until it answers false.
template <class F>
void feed(std::string_view bytes, std::size_t step, F &&take) {
  for (bool more = true; more && !bytes.empty(); bytes.remove_prefix(bytes.size() < step ? bytes.size() : step))
    more = take(bytes.substr(0, step));
}

}  // namespace tapedeck::fuzz
