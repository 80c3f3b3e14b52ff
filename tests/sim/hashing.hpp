// The one integer mixer behind everything that looks random here: same input, same bytes,
// everywhere.
#pragma once

#include <cstdint>
#include <string_view>

namespace tapedeck::sim {

/// Finaliser of splitmix64.
constexpr std::uint64_t mix(std::uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9U;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

/// Value `index` of the stream named by `key`.
constexpr std::uint64_t hash_at(std::uint64_t key, std::uint64_t index) {
  return mix(key + (index + 1) * 0x9e3779b97f4a7c15U);
}

/// FNV-1a of a name, mixed with a seed.
constexpr std::uint64_t key_of(std::uint64_t seed, std::string_view name) {
  std::uint64_t h = 0xcbf29ce484222325U;
  for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return mix(h ^ mix(seed));
}

}  // namespace tapedeck::sim
