#include "runtime/memory_cache.hpp"

#include <algorithm>

namespace tapedeck {
namespace {

constexpr std::size_t kBookKeeping = 160;  // of one entry: the nodes of map and list, the heads of two strings

}  // namespace

std::size_t MemoryCache::cost(const Entries::value_type &entry) {
  return entry.first.size() + entry.second.bytes.size() + kBookKeeping;
}

void MemoryCache::erase(Entries::iterator entry) {
  bytes_ -= cost(*entry);
  by_use_.erase(entry->second.place);
  entries_.erase(entry);
}

std::optional<CacheHit> MemoryCache::get(std::string_view key) {
  std::lock_guard lock(mutex_);
  const auto entry = entries_.find(key);
  if (entry == entries_.end()) return std::nullopt;
  const Nanos left = entry->second.ends - clock_.monotonic_ns();
  if (left <= 0) {
    erase(entry);
    return std::nullopt;
  }
  by_use_.splice(by_use_.begin(), by_use_, entry->second.place);
  return CacheHit{entry->second.bytes, left};
}

void MemoryCache::set(std::string_view key, std::string_view bytes, Nanos ttl) {
  std::lock_guard lock(mutex_);
  if (const auto old = entries_.find(key); old != entries_.end()) erase(old);
  const std::size_t needed = key.size() + bytes.size() + kBookKeeping;
  const std::int64_t now = clock_.monotonic_ns();
  if (ttl <= 0 || ttl > INT64_MAX - now || needed > max_bytes_ / 4) return;
  make_room(needed, now);
  const auto entry = entries_.emplace(key, Entry{std::string(bytes), now + ttl, {}}).first;
  by_use_.push_front(entry->first);
  entry->second.place = by_use_.begin();
  bytes_ += needed;
}

void MemoryCache::make_room(std::size_t needed, std::int64_t now) {
  if (bytes_ + needed <= max_bytes_) return;
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const auto next = std::next(entry);
    if (entry->second.ends <= now) erase(entry);
    entry = next;
  }
  while (bytes_ + needed > max_bytes_) erase(entries_.find(by_use_.back()));
}

void MemoryCache::remove(std::string_view key) {
  std::lock_guard lock(mutex_);
  if (const auto entry = entries_.find(key); entry != entries_.end()) erase(entry);
}

std::uint64_t MemoryCache::clear(std::string_view prefix) {
  std::lock_guard lock(mutex_);
  std::uint64_t removed = 0;
  for (auto entry = entries_.lower_bound(prefix); entry != entries_.end() && entry->first.starts_with(prefix); ++removed) {
    const auto next = std::next(entry);
    erase(entry);
    entry = next;
  }
  return removed;
}

std::size_t MemoryCache::bytes() const {
  std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace tapedeck
