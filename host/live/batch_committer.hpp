// A batch into the store: whole, or where it cannot be whole, in parts.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <tapedeck/layer/core.hpp>

#include "live/delivery_batch.hpp"
#include "live/drops.hpp"
#include "live/spool.hpp"
#include "runtime/storage.hpp"

namespace tapedeck {

struct StoredRows {
  std::uint64_t candles = 0, ticks = 0;
  std::vector<std::size_t> refused;  // which candle parts of the batch are not in the store, ascending
};

// Opens the storage when it is first needed, and again after a failure that a new connection may mend.
// Threads: one.
class BatchCommitter {
 public:
  using OpenStorage = std::function<std::unique_ptr<Storage>()>;
  // Every call into the storage goes through it; what it throws ends the commit.
  using Enter = std::function<void(const std::function<void()> &)>;
  BatchCommitter(std::string pipeline, OpenStorage open, Enter enter, Spool &spool, Drops &drops);

  // What can never be stored is set aside as one *.bad, and counted; the rest is in the store.
  // Throws Error when the store is away: then perhaps nothing of it is stored, and all of it may come again.
  StoredRows commit(const DeliveryBatch &batch);
  void close() { storage_.reset(); }
  // Nobody may destroy a storage that a thread is inside of.
  void leak_storage();

 private:
  StoredRows commit_open(const DeliveryBatch &batch);
  StoredRows commit_whole(const DeliveryBatch &batch);
  StoredRows commit_parts(const DeliveryBatch &batch);
  bool commit_candles(const CandlePart &part);
  void note_bad(DeliveryBatch batch, const Error &why);
  std::uint64_t commit_ticks(const TickPart &part, const TickBatch &of);
  void set_aside();
  void say_no_ticks();

  const std::string pipeline_;
  const OpenStorage open_;
  const Enter enter_;
  Spool &spool_;
  Drops &drops_;
  std::unique_ptr<Storage> storage_;
  bool has_batches_ = true;
  bool said_no_ticks_ = false;
  DeliveryBatch bad_;    // of the batch being committed
  std::string why_bad_;  // the first of it
};

}  // namespace tapedeck
