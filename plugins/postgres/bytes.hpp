// Integers in network order, as PostgreSQL's binary formats have them.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace tapedeck::postgres {
static_assert(std::endian::native == std::endian::little, "bytes are turned round below");

template <class T>
T swapped(T value) {
  if constexpr (sizeof(T) == 2) return static_cast<T>(__builtin_bswap16(static_cast<std::uint16_t>(value)));
  if constexpr (sizeof(T) == 4) return static_cast<T>(__builtin_bswap32(static_cast<std::uint32_t>(value)));
  if constexpr (sizeof(T) == 8) return static_cast<T>(__builtin_bswap64(static_cast<std::uint64_t>(value)));
}

template <class T>
void put(char *to, T value) {
  value = swapped(value);
  std::memcpy(to, &value, sizeof value);
}

template <class T>
T get(const char *from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return swapped(value);
}

}  // namespace tapedeck::postgres
