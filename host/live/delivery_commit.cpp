// The committer of a Delivery: from its hand, or from the spool, into the store.
#include <algorithm>
#include <utility>

#include "live/delivery_parts.hpp"
#include "live/spool_record.hpp"
#include "observe/log.hpp"
#include "plugins/worker.hpp"

namespace tapedeck {
namespace {

constexpr std::size_t kReplayRows = 3072;  // and the record that goes over it, so about 4096 a transaction
constexpr double kSeconds = 1e-9;

// The thread has been left behind: it unwinds and touches nothing.
struct Abandoned {};

}  // namespace

// So that stop() knows whether the storage is what it waits for.
void Delivery::Parts::enter_storage(const std::function<void()> &call) {
  const auto leave = [this] {
    Lock lock(mutex);
    in_storage = false;
    if (!abandoned) return;
    committer.leak_storage();
    throw Abandoned();
  };
  {
    Lock lock(mutex);
    if (quit) throw Error(TDK_CANCELLED, "the delivery is stopped");
    in_storage = true;
  }
  try {
    call();
  } catch (...) {
    leave();
    throw;
  }
  leave();
}

void Delivery::Parts::commit_all() {
  try {
    Lock lock(mutex);
    while (!quit) {
      const Nanos now = clock.monotonic_ns();
      if (hand && !hand_claimed && now >= retry_at)
        commit_hand(lock);
      else if (!hand && mode == Mode::Spooling && now >= retry_at)
        replay(lock);
      else if (hand || mode == Mode::Spooling)
        wait(lock, for_committer, INT64_MAX);
      else
        for_committer.wait(lock, [&] { return quit || hand || mode == Mode::Spooling; });
    }
    // Here, so that a storage that hangs when it is closed does not keep stop() waiting either.
    in_storage = true;
    lock.unlock();
    committer.close();
    lock.lock();
    in_storage = false;
    if (abandoned) return came_back();
    committer_done = true;
    for_others.notify_all();
  } catch (const Abandoned &) {
    came_back();
  }
}

// False: the store is away.
bool Delivery::Parts::try_commit(Lock &lock, const DeliveryBatch &batch, StoredRows &stored) {
  commit_since = clock.monotonic_ns();
  lock.unlock();
  std::string failure;
  bool done = false;
  try {
    stored = committer.commit(batch);
    done = true;
  } catch (const Error &e) {
    failure = e.what();
  }
  lock.lock();
  commit_since = -1;
  if (done) {
    note_back();
    return true;
  }
  if (!quit) note_away(failure);
  retry_at = clock.monotonic_ns() + settings.retry_after;
  return false;
}

void Delivery::Parts::commit_hand(Lock &lock) {
  const auto batch = hand;
  StoredRows stored;
  const bool done = try_commit(lock, *batch, stored);
  while (hand_claimed) wait(lock, for_committer, INT64_MAX);
  if (std::exchange(hand_spooled, false)) {
    hand.reset();  // the replay brings it
  } else if (done && hand) {
    count_stored(stored);
    metrics.record(seconds, static_cast<double>(clock.monotonic_ns() - batch->oldest) * kSeconds);
    hand.reset();  // first: what is stored must not be spooled
    lock.unlock();
    announce(*batch, stored);
    lock.lock();
    settle(batch->rows);
  }
  for_gatherer.notify_one();
}

// Several records, for as long as they do not make too large a transaction.
DeliveryBatch Delivery::Parts::read_spool(std::size_t limit) {
  DeliveryBatch batch;
  std::string payload;
  for (std::size_t rows = 0; rows < limit && spool->read(payload);) {
    auto record = decode_batch(payload);
    if (!record) {
      log(LogLevel::Error, "delivery", "replaying the spool: a record cannot be read; its segment is kept as *.bad",
          {{"pipeline", pipeline}});
      spool->condemn();
      continue;
    }
    rows += record->candle_rows() + record->tick_rows();
    batch.append(std::move(*record));
  }
  return batch;
}

void Delivery::Parts::replay(Lock &lock) {
  lock.unlock();
  const DeliveryBatch batch = read_spool(kReplayRows);
  const bool nothing = batch.candles.empty() && batch.ticks.empty();
  if (nothing) spool->release();
  lock.lock();
  if (nothing) {
    if (!appending && spool->drained()) {
      mode = Mode::Direct;
      for_gatherer.notify_one();
    }
    return;
  }
  StoredRows stored;
  if (!try_commit(lock, batch, stored)) {
    spool->rewind();
    return;
  }
  spool->release();
  totals.replayed_rows += batch.candle_rows() + batch.tick_rows();
  count_stored(stored);
  lock.unlock();
  announce(batch, stored);
  lock.lock();
}

void Delivery::Parts::count_stored(const StoredRows &stored) {
  totals.candles_stored += stored.candles;
  totals.ticks_stored += stored.ticks;
  metrics.record(candles_counter, static_cast<double>(stored.candles));
  metrics.record(ticks_counter, static_cast<double>(stored.ticks));
}

// Candles of series that this process has put; of those an earlier one left in the spool nobody has heard.
void Delivery::Parts::announce(const DeliveryBatch &batch, const StoredRows &stored) {
  if (!hub.wanted(LiveStage::Stored)) return;
  std::vector<const LiveSeries *> known;
  {
    Lock lock(mutex);
    known.assign(series.begin(), series.end());
  }
  for (std::size_t n = 0; n < batch.candles.size(); ++n) {
    if (std::binary_search(stored.refused.begin(), stored.refused.end(), n)) continue;
    const CandlePart &part = batch.candles[n];
    const auto it = std::find_if(known.begin(), known.end(), [&](const auto *s) { return s->series == part.series; });
    if (it == known.end()) continue;
    const auto columns = part.candles.view();
    for (std::uint64_t i = 0; i < columns.count; ++i)
      hub.publish(LiveStage::Stored, **it, row_of(columns, i), part.source);
  }
}

}  // namespace tapedeck
