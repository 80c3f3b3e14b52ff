// Readers of one storage.
#pragma once

#include "runtime/pool.hpp"
#include "runtime/storage.hpp"

namespace tapedeck {

class StoragePool : public Pool<Storage> {
 public:
  StoragePool(Open open, std::size_t limit) : Pool(std::move(open), limit, "reader of the store") {}
};

}  // namespace tapedeck
