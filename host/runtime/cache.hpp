// Bytes kept for a while under a key: the interface of abi/cache.h in C++, whatever is behind it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "market/time.hpp"

namespace tapedeck {

struct CacheHit {
  std::string bytes;
  Nanos ttl_left = 0;
};

// A cache may forget anything at any time, and hosts of another version may have written into it: who reads
// checks the bytes.
// Threads: any. Failures: tapedeck::Error when it cannot be reached; the caller goes on without it.
class Cache {
 public:
  virtual ~Cache() = default;
  virtual std::optional<CacheHit> get(std::string_view key) = 0;
  virtual void set(std::string_view key, std::string_view bytes, Nanos ttl) = 0;
  virtual void remove(std::string_view key) = 0;
  virtual std::uint64_t clear(std::string_view prefix) = 0;  // how many went
};

}  // namespace tapedeck
