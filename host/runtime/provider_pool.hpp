// Instances of one configured provider.
#pragma once

#include "runtime/pool.hpp"
#include "runtime/provider.hpp"

namespace tapedeck {

class ProviderPool : public Pool<Provider> {
 public:
  ProviderPool(Open open, std::size_t limit) : Pool(std::move(open), limit, "instance of the provider") {}
};

}  // namespace tapedeck
