// What is live, on its way into one pipeline's store: gathered in memory, committed in small
// transactions, kept on disk while the store is away.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "ingest/chunk.hpp"
#include "live/live_hub.hpp"
#include "observe/metrics.hpp"
#include "runtime/storage.hpp"

namespace tapedeck {

// Of the queue in memory. Block: put() waits, and nothing goes to disk until stop(); a kill then loses what
// is in memory, which stays holes of the ledger. Spool: what cannot be stored now goes to disk.
enum class WhenFull { Block, Spool };

struct DeliverySettings {
  std::size_t queue_rows = 65536;    // in memory, candles and ticks together, up to the commit; one put may
                                     // be larger, when nothing else is there
  WhenFull when_full = WhenFull::Spool;
  std::filesystem::path spool;       // a directory of this pipeline's own; made when it is needed
  std::uint64_t spool_limit = 1ULL << 30;  // bytes
  std::size_t flush_rows = 500;
  Nanos flush_after = 250'000'000;
  Nanos away_after = kSecond;        // a commit that takes longer: the store counts as away
  Nanos retry_after = kSecond;       // between two tries of a store that is away
};

// Whose rows these are, as the store and the ledger name them.
struct DeliverySource {
  std::string name;     // "binance"
  std::string version;  // "binance 0.1.0"
  std::uint32_t rank = 0;
};

struct DeliveryCounts {
  std::uint64_t candles_in = 0, ticks_in = 0, pages_in = 0;  // accepted
  std::uint64_t candles_stored = 0, ticks_stored = 0;        // those of pages and of the replay included
  std::uint64_t spooled_rows = 0, replayed_rows = 0;
  std::uint64_t dropped_candles = 0, dropped_ticks = 0;  // each with a reason in the log and the metrics
  std::uint64_t spool_bytes = 0;   // on disk now
  std::size_t queued_rows = 0;     // in memory now
  bool storage_away = false;
  std::string away_reason;
};

// Lifecycle: replays what an earlier process left in the spool, then delivers; stop() ends it.
// A call into the storage that does not come back is left alone by stop(), with its thread, which then counts
// among threads_left_behind().
// Threads: put() from any; the references handed in outlive the delivery.
// Failures: the constructor throws TDK_BUSY when another process has the spool. Else none come out. A store
// that is away is tried again until it is back; a commit that can never succeed (TDK_INVALID_ARGUMENT,
// TDK_BAD_DATA) is moved aside as *.bad, logged and counted as dropped.
class Delivery {
 public:
  using OpenStorage = std::function<std::unique_ptr<Storage>()>;
  Delivery(std::string pipeline, OpenStorage open, DeliverySettings settings, Clock &clock, LiveHub &hub,
           Metrics &metrics);
  ~Delivery();

  // A final candle; the ledger says *present* of its slot in the same transaction. (Of a forming one it says
  // nothing.) False: dropped, which is counted, or stopped.
  bool put(const LiveSeries &series, const DeliverySource &source, const CandleRow &row);
  // Ticks without a sequence get one of the host's clock.
  bool put(const LiveSymbol &symbol, const DeliverySource &source, std::span<const Tick> ticks);
  // A page that was asked for: candles and ledger entries, kept together.
  bool put(const LiveSeries &series, const DeliverySource &source, ChunkResult page);

  // Waits until everything accepted so far is in the store or in the spool, or set aside; false when
  // `timeout` passes first.
  bool drain(Nanos timeout);
  // Takes in what waits for room, drains for at most `timeout`, spools what the store would not take, ends
  // the threads. Returns half a second after `timeout` at the latest.
  void stop(Nanos timeout);
  DeliveryCounts counts() const;

 private:
  struct Parts;
  std::shared_ptr<Parts> parts_;
};

}  // namespace tapedeck
