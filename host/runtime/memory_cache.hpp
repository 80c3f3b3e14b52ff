// The cache that is there without any plugin: in this process, bounded in bytes.
#pragma once

#include <list>
#include <map>
#include <mutex>

#include "base/clock.hpp"
#include "runtime/cache.hpp"

namespace tapedeck {

// When there is no room, what has expired goes first, then what was read longest ago; what is larger than a
// quarter of the whole is not kept. Threads: any.
class MemoryCache final : public Cache {
 public:
  MemoryCache(std::size_t max_bytes, Clock &clock) : max_bytes_(max_bytes), clock_(clock) {}

  std::optional<CacheHit> get(std::string_view key) override;
  void set(std::string_view key, std::string_view bytes, Nanos ttl) override;
  void remove(std::string_view key) override;
  std::uint64_t clear(std::string_view prefix) override;

  std::size_t bytes() const;  // kept now, keys and book-keeping included

 private:
  struct Entry {
    std::string bytes;
    std::int64_t ends = 0;  // on the monotonic clock
    std::list<std::string_view>::iterator place;
  };
  using Entries = std::map<std::string, Entry, std::less<>>;
  static std::size_t cost(const Entries::value_type &entry);
  void erase(Entries::iterator entry);
  void make_room(std::size_t needed, std::int64_t now);

  const std::size_t max_bytes_;
  Clock &clock_;
  mutable std::mutex mutex_;
  Entries entries_;
  std::list<std::string_view> by_use_;  // of the keys in entries_, the last used first
  std::size_t bytes_ = 0;
};

}  // namespace tapedeck
