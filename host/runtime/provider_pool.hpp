// Instances of one configured provider, lent to one caller at a time each.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "runtime/provider.hpp"

namespace tapedeck {

// Lifecycle: opens instances as they are needed, `limit` at most, and keeps those that stay usable.
// Threads: any.
class ProviderPool {
 public:
  using Open = std::function<std::unique_ptr<Provider>()>;
  ProviderPool(Open open, std::size_t limit) : open_(std::move(open)), limit_(limit) {}

  // Gives the instance back when destroyed.
  class Lease {
   public:
    Lease(ProviderPool &pool, std::unique_ptr<Provider> provider) : pool_(&pool), provider_(std::move(provider)) {}
    Lease(Lease &&) = default;
    Lease &operator=(Lease &&) = delete;
    ~Lease() {
      if (provider_) pool_->give_back(std::move(provider_));
    }
    Provider *operator->() const noexcept { return provider_.get(); }
    Provider &operator*() const noexcept { return *provider_; }

   private:
    ProviderPool *pool_;
    std::unique_ptr<Provider> provider_;
  };

  // Waits for a free instance; what opening one throws comes out, as does TDK_CANCELLED or TDK_TIMEOUT.
  Lease lease(const tdk_cancel *cancel);

 private:
  void give_back(std::unique_ptr<Provider> provider);
  Open open_;
  const std::size_t limit_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Provider>> idle_;
  std::size_t opened_ = 0;
};

}  // namespace tapedeck
