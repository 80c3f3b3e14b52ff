// A cache that is another one from one moment to the next: when the configuration names another.
#pragma once

#include <memory>
#include <mutex>

#include "runtime/cache.hpp"

namespace tapedeck {

// Calls under way end with the former one. Threads: any.
class CacheSwitch final : public Cache {
 public:
  explicit CacheSwitch(std::shared_ptr<Cache> first) : current_(std::move(first)) {}

  void use(std::shared_ptr<Cache> next) {
    const std::lock_guard lock(mutex_);
    current_.swap(next);
  }

  std::optional<CacheHit> get(std::string_view key) override { return current()->get(key); }
  void set(std::string_view key, std::string_view bytes, Nanos ttl) override { current()->set(key, bytes, ttl); }
  void remove(std::string_view key) override { current()->remove(key); }
  std::uint64_t clear(std::string_view prefix) override { return current()->clear(prefix); }

 private:
  std::shared_ptr<Cache> current() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }
  mutable std::mutex mutex_;
  std::shared_ptr<Cache> current_;
};

}  // namespace tapedeck
