// A growing struct of a plugin, copied into one of this host's size: fields it does not have are
// zero.
#pragma once

#include <tapedeck/abi.h>

#include <algorithm>
#include <string>
#include <tapedeck/layer/core.hpp>

#include "plugins/foreign_memory.hpp"

namespace tapedeck {

inline constexpr std::uint32_t kMaxStruct = 1u << 16;

// Throws Error(TDK_INCOMPATIBLE) when `from` is NULL, not readable, or its struct_size is outside
// [smallest, 64 KiB]. The copy's struct_size is the plugin's. Threads: any.
template <class T>
T read_struct(const T *from, std::size_t smallest, const std::string &what) {
  if (from == nullptr) throw Error(TDK_INCOMPATIBLE, what + " is null");
  std::uint32_t size = 0;
  if (!read_foreign(from, &size, sizeof size))
    throw Error(TDK_INCOMPATIBLE, what + " is not readable");
  if (size < smallest || size > kMaxStruct)
    throw Error(TDK_INCOMPATIBLE, what + " has struct_size " + std::to_string(size) +
                                      ", expected " + std::to_string(smallest) + " to " +
                                      std::to_string(kMaxStruct));
  T copy{};
  if (!read_foreign(from, &copy, std::min<std::size_t>(size, sizeof copy)))
    throw Error(TDK_INCOMPATIBLE, what + " is not readable");
  return copy;
}

// The size of `type` up to and including `field`: what a version that ended there would say.
#define TAPEDECK_SIZE_TO(type, field) (offsetof(type, field) + sizeof(type::field))

}  // namespace tapedeck
