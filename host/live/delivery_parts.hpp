// The two threads behind a Delivery, and what they share.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "live/batch_committer.hpp"
#include "live/delivery.hpp"
#include "live/drops.hpp"
#include "live/live_queue.hpp"
#include "live/spool.hpp"

namespace tapedeck {

// The gatherer takes what was put, makes batches, and hands each to the committer or writes it to the
// spool. The committer brings the batch in its hand into the store; while the spool has something it
// replays that instead, so that everything arrives in order:
//
//   Direct    queue -> gatherer -> hand -> committer -> store; the spool is empty
//   Spooling  queue -> gatherer -> spool -> committer -> store; entered with the batch in hand as the
//             first record, left when the spool is empty
//
// All members below `mutex` are guarded by it, unless a line says whose they are.
struct Delivery::Parts {
  Parts(std::string name, OpenStorage open, DeliverySettings s, Clock &c, LiveHub &h, Metrics &m);

  using Lock = std::unique_lock<std::mutex>;
  enum class Mode { Direct, Spooling };

  // Makes room for `rows`; false: dropped or stopped. Who waits for room when stop() comes gets in without.
  bool make_room(Lock &lock, std::size_t rows, DropKind kind, std::size_t dropped);
  void added(std::size_t rows);

  void gather();
  bool ready(Nanos now) const;
  bool wants_spool(Nanos now) const;
  void hand_over(Lock &lock);
  void make_batch(Lock &lock);
  bool enter_spooling(Lock &lock);
  void spool_pending(Lock &lock);
  bool append(Lock &lock, const DeliveryBatch &batch);
  void watch_commit(Nanos now);
  void show();

  void commit_all();
  bool try_commit(Lock &lock, const DeliveryBatch &batch, StoredRows &stored);
  void commit_hand(Lock &lock);
  void replay(Lock &lock);
  DeliveryBatch read_spool(std::size_t limit);
  void enter_storage(const std::function<void()> &call);
  void announce(const DeliveryBatch &batch, const StoredRows &stored);
  void count_stored(const StoredRows &stored);

  void note_away(const std::string &reason);
  void note_back();
  void settle(std::size_t rows);
  bool drain(Lock &lock, Nanos timeout);
  void drop_rest(Lock &lock);
  bool wait(Lock &lock, std::condition_variable &on, Nanos until) const;

  const std::string pipeline;
  const DeliverySettings settings;
  Clock &clock;
  LiveHub &hub;
  Metrics &metrics;
  Metrics::Handle seconds, queue_gauge, spool_gauge, candles_counter, ticks_counter, spooled_counter;
  Drops drops;
  std::unique_ptr<Spool> spool;  // gone once stopped
  BatchMaker maker;              // the gatherer's
  BatchCommitter committer;      // the committer's

  mutable std::mutex mutex;
  std::condition_variable for_gatherer, for_committer, for_others;
  LiveRows queue;
  std::size_t held = 0;  // rows in memory: in the queue, being made a batch of, pending, in hand
  std::uint64_t settled = 0, put = 0;
  std::uint64_t takes = 0, put_at_take = 0;  // how often the gatherer took the queue; what was put by then
  std::uint64_t drains = 0;                  // how many wait in drain(): batches need not fill
  std::shared_ptr<const DeliveryBatch> pending;  // made, and neither handed over nor spooled yet
  std::shared_ptr<const DeliveryBatch> hand;     // the committer's
  bool hand_claimed = false;  // the gatherer is writing it to the spool: its fate is open
  bool hand_spooled = false;  // it will be replayed; what becomes of the commit under way does not matter
  bool appending = false;
  Nanos commit_since = -1;  // a commit is under way
  Nanos retry_at = 0;       // no commit before
  Mode mode = Mode::Direct;
  bool full = false;
  std::string refusal;  // why the spool takes nothing at the moment
  DeliveryCounts totals;
  Nanos away_since = 0;
  std::set<const LiveSeries *> series;  // that were put

  bool stopping = false;    // nothing more is accepted
  std::size_t entering = 0;  // puts that wait for room
  bool spool_rest = false;  // what is in memory goes to the spool, whatever the policy
  bool quit = false;
  bool in_storage = false;  // the committer is inside a call of the storage
  bool abandoned = false;   // and may stay there: it must touch nothing any more
  bool committer_done = false;
  bool stopped = false;
  std::thread gatherer, committing;
};

}  // namespace tapedeck
