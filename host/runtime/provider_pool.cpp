#include "runtime/provider_pool.hpp"

#include <tapedeck/layer/core.hpp>

#include <chrono>

#include "base/cancel.hpp"

namespace tapedeck {

ProviderPool::Lease ProviderPool::lease(const tdk_cancel *cancel) {
  std::unique_lock lock(mutex_);
  while (idle_.empty() && opened_ == limit_) {
    if (const tdk_status s = status_of(cancel); s != TDK_OK)
      throw Error(s, "waiting for a free instance of the provider: gave up");
    freed_.wait_for(lock, std::chrono::milliseconds(50));
  }
  if (!idle_.empty()) {
    auto provider = std::move(idle_.back());
    idle_.pop_back();
    return {*this, std::move(provider)};
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

void ProviderPool::give_back(std::unique_ptr<Provider> provider) {
  std::unique_lock lock(mutex_);
  if (provider->usable()) {
    idle_.push_back(std::move(provider));
  } else {
    --opened_;
  }
  freed_.notify_one();
  lock.unlock();
  provider.reset();  // one that hangs: not under the lock
}

}  // namespace tapedeck
