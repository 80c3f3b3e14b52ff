// Rendered answers that can never change again, because every candle in them is closed.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "sim/hashing.hpp"
#include "sim/lru_cache.hpp"

namespace tapedeck::sim {

/// A question for candles, as far as it decides the bytes of the answer.
struct PageKey {
  std::uint64_t series;  ///< hash of vendor and symbol
  std::int64_t from, to;
  std::int64_t zone_ms;
  std::uint32_t limit;
  std::int64_t interval_ms;
  bool newest_first, microseconds;

  bool operator==(const PageKey &) const = default;
};

struct PageKeyHash {
  std::size_t operator()(const PageKey &key) const {
    std::uint64_t h = mix(key.series + static_cast<std::uint64_t>(key.interval_ms));
    for (const std::int64_t part : {key.from, key.to, key.zone_ms})
      h = mix(h ^ static_cast<std::uint64_t>(part));
    return mix(h + key.limit * 4U + (key.newest_first ? 2U : 0U) + (key.microseconds ? 1U : 0U));
  }
};

struct Page {
  std::shared_ptr<const std::string> body;
  std::uint64_t rows = 0;
  /// From this clock time on the answer is final; before it (the clock can be set back) it is not.
  std::int64_t final_from = 0;
};

/// Keeps a page from the second time it is asked for on: a client that walks through years once
/// would otherwise fill the cache with what nobody asks for again, and pay for the memory.
class PageCache {
 public:
  explicit PageCache(std::size_t bytes) : pages_(bytes) {}

  std::shared_ptr<const Page> find(const PageKey &key) { return pages_.find(key); }

  void offer(const PageKey &key, const Page &page) {
    const std::uint64_t hash = PageKeyHash{}(key);
    if (asked_[hash % asked_.size()].exchange(hash, std::memory_order_relaxed) != hash) return;
    pages_.put(key, std::make_shared<const Page>(page), page.body->size() + sizeof(Page));
  }

  std::size_t used() const { return pages_.used(); }

 private:
  LruCache<PageKey, Page, PageKeyHash> pages_;
  /// Questions asked before, by hash; a collision only forgets one.
  std::array<std::atomic<std::uint64_t>, 1 << 14> asked_{};
};

}  // namespace tapedeck::sim
