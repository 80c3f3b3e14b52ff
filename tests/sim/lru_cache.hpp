// A bounded cache: what was used longest ago goes first. Values are shared, so eviction never pulls
// one out of a reader's hands.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace tapedeck::sim {

/// Threads: all functions from any thread.
template <class Key, class Value, class Hash = std::hash<Key>>
class LruCache {
 public:
  explicit LruCache(std::size_t capacity) : capacity_(capacity) {}

  std::shared_ptr<const Value> find(const Key &key) {
    const std::lock_guard lock(mutex_);
    const auto it = index_.find(key);
    if (it == index_.end()) return nullptr;
    order_.splice(order_.begin(), order_, it->second);
    return it->second->value;
  }

  /// `cost` is in the unit of the capacity; what is larger than the whole is not kept.
  void put(const Key &key, std::shared_ptr<const Value> value, std::size_t cost) {
    const std::lock_guard lock(mutex_);
    if (cost > capacity_) return;
    if (const auto it = index_.find(key); it != index_.end()) drop(it->second);
    order_.push_front({key, std::move(value), cost});
    index_.emplace(key, order_.begin());
    used_ += cost;
    while (used_ > capacity_) drop(std::prev(order_.end()));
  }

  std::size_t used() const {
    const std::lock_guard lock(mutex_);
    return used_;
  }

 private:
  struct Entry {
    Key key;
    std::shared_ptr<const Value> value;
    std::size_t cost;
  };

  void drop(typename std::list<Entry>::iterator entry) {
    used_ -= entry->cost;
    index_.erase(entry->key);
    order_.erase(entry);
  }

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::list<Entry> order_;
  std::unordered_map<Key, typename std::list<Entry>::iterator, Hash> index_;
  std::size_t used_ = 0;
};

}  // namespace tapedeck::sim
