// Instances of one thing that only one caller at a time may use, lent to many.
#pragma once

#include <tapedeck/layer/core.hpp>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/cancel.hpp"

namespace tapedeck {

// Lifecycle: opens instances as they are needed, `limit` at most, and keeps them; where T has usable(), only
// those that are. Threads: any.
template <class T>
class Pool {
 public:
  using Open = std::function<std::unique_ptr<T>()>;
  // `what` is lent, for messages: "reader of the store".
  Pool(Open open, std::size_t limit, std::string what) : open_(std::move(open)), limit_(limit), what_(std::move(what)) {}

  // Gives the instance back when destroyed.
  class Lease {
   public:
    Lease(Pool &pool, std::unique_ptr<T> instance) : pool_(&pool), instance_(std::move(instance)) {}
    Lease(Lease &&) = default;
    Lease &operator=(Lease &&) = delete;
    ~Lease() {
      if (instance_) pool_->give_back(std::move(instance_));
    }
    T *operator->() const noexcept { return instance_.get(); }
    T &operator*() const noexcept { return *instance_; }

   private:
    Pool *pool_;
    std::unique_ptr<T> instance_;
  };

  // Waits for a free instance; what opening one throws comes out, as does TDK_CANCELLED or TDK_TIMEOUT.
  Lease lease(const tdk_cancel *cancel) {
    std::unique_lock lock(mutex_);
    while (idle_.empty() && opened_ == limit_) {
      if (const tdk_status s = status_of(cancel); s != TDK_OK) throw Error(s, "waiting for a free " + what_ + ": gave up");
      freed_.wait_for(lock, std::chrono::milliseconds(50));
    }
    if (!idle_.empty()) {
      auto instance = std::move(idle_.back());
      idle_.pop_back();
      return {*this, std::move(instance)};
    }
    ++opened_;
    lock.unlock();
    try {
      return {*this, open_()};
    } catch (...) {
      lock.lock();
      --opened_;
      freed_.notify_one();
      throw;
    }
  }

 private:
  static bool is_usable(const T &instance) {
    if constexpr (requires { instance.usable(); }) return instance.usable();
    return true;
  }

  void give_back(std::unique_ptr<T> instance) {
    std::unique_lock lock(mutex_);
    if (is_usable(*instance)) {
      idle_.push_back(std::move(instance));
    } else {
      --opened_;
    }
    freed_.notify_one();
    lock.unlock();
    instance.reset();  // one that hangs: not under the lock
  }

  const Open open_;
  const std::size_t limit_;
  const std::string what_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<T>> idle_;
  std::size_t opened_ = 0;
};

}  // namespace tapedeck
