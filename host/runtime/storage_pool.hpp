// Readers of one storage, lent to one caller at a time each.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "runtime/storage.hpp"

namespace tapedeck {

// Lifecycle: opens readers as they are needed, `limit` at most, and keeps them. Threads: any.
class StoragePool {
 public:
  using Open = std::function<std::unique_ptr<Storage>()>;
  StoragePool(Open open, std::size_t limit) : open_(std::move(open)), limit_(limit) {}

  // Gives the reader back when destroyed.
  class Lease {
   public:
    Lease(StoragePool &pool, std::unique_ptr<Storage> storage) : pool_(&pool), storage_(std::move(storage)) {}
    Lease(Lease &&) = default;
    Lease &operator=(Lease &&) = delete;
    ~Lease() {
      if (storage_) pool_->give_back(std::move(storage_));
    }
    Storage *operator->() const noexcept { return storage_.get(); }
    Storage &operator*() const noexcept { return *storage_; }

   private:
    StoragePool *pool_;
    std::unique_ptr<Storage> storage_;
  };

  // Waits for a free reader; what opening one throws comes out, as does TDK_CANCELLED or TDK_TIMEOUT.
  Lease lease(const tdk_cancel *cancel);

 private:
  void give_back(std::unique_ptr<Storage> storage);
  Open open_;
  const std::size_t limit_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Storage>> idle_;
  std::size_t opened_ = 0;
};

}  // namespace tapedeck
