#include "runtime/storage_pool.hpp"

#include <tapedeck/layer/core.hpp>

#include <chrono>

#include "base/cancel.hpp"

namespace tapedeck {

StoragePool::Lease StoragePool::lease(const tdk_cancel *cancel) {
  std::unique_lock lock(mutex_);
  while (idle_.empty() && opened_ == limit_) {
    if (const tdk_status s = status_of(cancel); s != TDK_OK)
      throw Error(s, "waiting for a free reader of the store: gave up");
    freed_.wait_for(lock, std::chrono::milliseconds(50));
  }
  if (!idle_.empty()) {
    auto storage = std::move(idle_.back());
    idle_.pop_back();
    return {*this, std::move(storage)};
  }
  ++opened_;
  lock.unlock();
  try {
    return {*this, open_()};
  } catch (...) {
    lock.lock();
    --opened_;
    throw;
  }
}

void StoragePool::give_back(std::unique_ptr<Storage> storage) {
  std::lock_guard lock(mutex_);
  idle_.push_back(std::move(storage));
  freed_.notify_one();
}

}  // namespace tapedeck
