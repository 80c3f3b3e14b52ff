// Arrays of growing structs that a plugin pushes into a sink.
#pragma once

#include <cstring>
#include <string>
#include <tapedeck/layer/core.hpp>

#include "base/text.hpp"
#include "plugins/foreign_struct.hpp"

namespace tapedeck {

inline constexpr std::uint64_t kMaxArray = std::uint64_t{1} << 20;

// An element of which nothing is known: what a plugin's version of the struct lacks stays so.
template <class T>
T blank() {
  return {};
}
template <>
inline tdk_quote blank() {
  tdk_quote q{};
  q.volume = q.sequence = q.trades = TDK_NULL_I64;  // joined the struct later
  return q;
}

// Calls each(const T &) with a full-size copy of every element; fields the plugin's version lacks
// are as in `blank`. Throws Error(TDK_BAD_DATA) when array or element have no sane size.
template <class T, class Each>
void for_each_foreign(const T *first, std::uint64_t count, std::uint64_t stride,
                      std::size_t smallest, const T &blank, Each &&each) {
  if (count == 0) return;
  if (first == nullptr || count > kMaxArray || stride < smallest || stride > kMaxStruct ||
      stride % alignof(T) != 0)
    throw Error(TDK_BAD_DATA, "an array of " + std::to_string(count) + " elements, stride " +
                                  std::to_string(stride));
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto &element = detail::at(first, i, stride);
    if (element.struct_size < smallest || element.struct_size > stride)
      throw Error(TDK_BAD_DATA, "element " + std::to_string(i) + " has struct_size " +
                                    std::to_string(element.struct_size));
    T copy = blank;
    std::memcpy(static_cast<void *>(&copy), &element,
                std::min<std::size_t>(element.struct_size, sizeof copy));
    each(copy);
  }
}

// An owned, printable copy of a plugin's string.
inline std::string text_of(tdk_str s, std::size_t limit = 1024) {
  return printable(sv(s).substr(0, limit), limit);
}

}  // namespace tapedeck
