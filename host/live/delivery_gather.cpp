// The gatherer of a Delivery: from the queue into the committer's hand, or into the spool.
#include "live/delivery_parts.hpp"
#include "live/spool_record.hpp"

namespace tapedeck {
namespace {

constexpr std::size_t kBatchRows = 4096;  // a transaction
constexpr std::size_t kRecordRows = 1024;  // of the spool; the replay puts several into a transaction

}  // namespace

void Delivery::Parts::gather() {
  Lock lock(mutex);
  while (!quit) {
    const Nanos now = clock.monotonic_ns();
    watch_commit(now);
    show();
    if (wants_spool(now)) {
      if (enter_spooling(lock) && (pending || ready(now) || full)) {
        spool_pending(lock);
        if (!pending) continue;
      }
    } else {
      refusal.clear();
      if (mode == Mode::Direct && !hand && (pending || ready(now))) {
        hand_over(lock);
        continue;
      }
    }
    if (quit) break;
    if (mode == Mode::Spooling) {
      lock.unlock();
      spool->sync_when_due();
      lock.lock();
    }
    if (held > 0 || mode == Mode::Spooling)
      wait(lock, for_gatherer, INT64_MAX);
    else
      for_gatherer.wait(lock, [&] { return quit || held > 0; });
  }
}

// Is there a batch to be made?
bool Delivery::Parts::ready(Nanos now) const {
  if (!maker.empty()) return true;
  return queue.rows >= settings.flush_rows ||
         (queue.rows > 0 && (drains > 0 || spool_rest || now - queue.oldest >= settings.flush_after));
}

bool Delivery::Parts::wants_spool(Nanos now) const {
  if (spool_rest) return true;
  if (settings.when_full != WhenFull::Spool) return false;
  if (mode == Mode::Spooling || totals.storage_away) return true;
  return hand && (full || (commit_since >= 0 && now - commit_since > settings.away_after));
}

void Delivery::Parts::watch_commit(Nanos now) {
  if (commit_since >= 0 && now - commit_since > settings.away_after)
    note_away("a commit takes longer than " + std::to_string(settings.away_after / 1'000'000) + " ms");
}

// `pending` is NULL before and a batch after.
void Delivery::Parts::make_batch(Lock &lock) {
  if (maker.empty()) {
    maker.take(queue);
    ++takes;
    put_at_take = put;
    for_others.notify_all();
  }
  const std::size_t limit = mode == Mode::Spooling ? kRecordRows : kBatchRows;
  lock.unlock();
  auto batch = std::make_shared<const DeliveryBatch>(maker.next(limit));
  lock.lock();
  pending = std::move(batch);
}

void Delivery::Parts::hand_over(Lock &lock) {
  if (!pending) make_batch(lock);
  hand = std::move(pending);
  for_committer.notify_one();
}

// From now on everything goes to the spool, beginning with what is in the committer's hand: it may be
// stored twice then, which changes nothing. False when the spool does not take it.
bool Delivery::Parts::enter_spooling(Lock &lock) {
  if (mode == Mode::Spooling) return true;
  if (hand) {
    hand_claimed = true;
    const auto batch = hand;
    const bool kept = append(lock, *batch);
    hand_claimed = false;
    for_committer.notify_one();
    if (!kept) return false;
    if (commit_since >= 0)
      hand_spooled = true;
    else
      hand.reset();
    settle(batch->rows);
  }
  mode = Mode::Spooling;
  for_committer.notify_one();
  return true;
}

void Delivery::Parts::spool_pending(Lock &lock) {
  if (!pending) {
    if (maker.empty() && queue.empty()) return;
    make_batch(lock);
    // The replay may have ended meanwhile; what goes to the spool now would be left there.
    if (mode != Mode::Spooling) return;
  }
  const auto batch = pending;
  if (!append(lock, *batch)) return;
  pending.reset();
  settle(batch->rows);
  for_committer.notify_one();
}

bool Delivery::Parts::append(Lock &lock, const DeliveryBatch &batch) {
  const std::uint64_t rows = batch.candle_rows() + batch.tick_rows();
  appending = true;
  lock.unlock();
  const Spool::Answer answer = spool->append(encode_batch(batch));
  spool->sync_when_due();
  lock.lock();
  appending = false;
  if (answer == Spool::Answer::Kept) {
    refusal.clear();
    totals.spooled_rows += rows;
    metrics.record(spooled_counter, static_cast<double>(rows));
    return true;
  }
  refusal = answer == Spool::Answer::Full ? "spool full" : "spool unwritable";
  for_others.notify_all();
  return false;
}

}  // namespace tapedeck
