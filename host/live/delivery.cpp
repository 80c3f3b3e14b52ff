#include "live/delivery.hpp"

#include <algorithm>

#include "live/delivery_parts.hpp"
#include "plugins/worker.hpp"

namespace tapedeck {
namespace {

constexpr Nanos kToSpoolRest = 300'000'000;  // stop() has half a second more than its timeout
constexpr Nanos kLongest = 24 * 3600 * kSecond;
constexpr Nanos kToReturn = 150'000'000;

}  // namespace

Delivery::Delivery(std::string pipeline, OpenStorage open, DeliverySettings settings, Clock &clock, LiveHub &hub,
                   Metrics &metrics)
    : parts_(std::make_shared<Parts>(std::move(pipeline), std::move(open), std::move(settings), clock, hub, metrics)) {
  // The committer's thread may outlive this object, see stop().
  parts_->gatherer = std::thread([p = parts_.get()] { p->gather(); });
  parts_->committing = std::thread([p = parts_] { p->commit_all(); });
}

Delivery::~Delivery() { stop(0); }

bool Delivery::put(const LiveSeries &series, const DeliverySource &source, const CandleRow &row) {
  Parts &p = *parts_;
  Parts::Lock lock(p.mutex);
  if (!p.make_room(lock, 1, DropKind::Candle, 1)) return false;
  p.series.insert(&series);
  p.queue.candles.push_back({&series, &source, row, nullptr});
  ++p.totals.candles_in;
  p.added(1);
  return true;
}

bool Delivery::put(const LiveSymbol &symbol, const DeliverySource &source, std::span<const Tick> ticks) {
  if (ticks.empty()) return true;
  Parts &p = *parts_;
  Parts::Lock lock(p.mutex);
  if (!p.make_room(lock, ticks.size(), DropKind::Tick, ticks.size())) return false;
  auto &runs = p.queue.runs;
  if (!runs.empty() && runs.back().symbol == &symbol && runs.back().source == &source)
    runs.back().count += ticks.size();
  else
    runs.push_back({&symbol, &source, ticks.size()});
  p.queue.ticks.insert(p.queue.ticks.end(), ticks.begin(), ticks.end());
  p.totals.ticks_in += ticks.size();
  p.added(ticks.size());
  return true;
}

bool Delivery::put(const LiveSeries &series, const DeliverySource &source, ChunkResult page) {
  Parts &p = *parts_;
  const std::size_t rows = LiveRows::weight_of(page);
  auto owned = std::make_unique<ChunkResult>(std::move(page));
  Parts::Lock lock(p.mutex);
  if (!p.make_room(lock, rows, DropKind::Candle, owned->candles.size())) return false;
  p.series.insert(&series);
  p.queue.candles.push_back({&series, &source, {}, std::move(owned)});
  ++p.totals.pages_in;
  p.added(rows);
  return true;
}

bool Delivery::drain(Nanos timeout) {
  Parts::Lock lock(parts_->mutex);
  return parts_->drain(lock, timeout);
}

DeliveryCounts Delivery::counts() const {
  const Parts &p = *parts_;
  Parts::Lock lock(p.mutex);
  DeliveryCounts out = p.totals;
  out.dropped_candles = p.drops.total(DropKind::Candle);
  out.dropped_ticks = p.drops.total(DropKind::Tick);
  if (p.spool) out.spool_bytes = p.spool->bytes();
  out.queued_rows = p.held;
  return out;
}

void Delivery::stop(Nanos timeout) {
  Parts &p = *parts_;
  Parts::Lock lock(p.mutex);
  if (p.stopped) return;
  p.stopped = p.stopping = true;
  const Nanos started = p.clock.monotonic_ns();
  p.for_others.notify_all();
  const Nanos until = started + std::min(timeout, kLongest);
  while (p.entering > 0) p.wait(lock, p.for_others, INT64_MAX);
  if (p.drain(lock, timeout)) {
    // A store that takes what is in the spool may go on for as long.
    while (p.mode == Parts::Mode::Spooling && !p.totals.storage_away && p.wait(lock, p.for_others, until)) continue;
  } else {
    p.spool_rest = true;
    p.for_gatherer.notify_all();
    const Nanos end = p.clock.monotonic_ns() + kToSpoolRest;
    while (p.held > 0 && p.refusal.empty() && p.wait(lock, p.for_others, end)) continue;
  }
  p.quit = true;
  p.for_gatherer.notify_all();
  p.for_committer.notify_all();
  // A store that is away will not be back in a moment.
  const Nanos now = p.clock.monotonic_ns();
  const Nanos end = (p.totals.storage_away ? now : std::max(now, until)) + kToReturn;
  while (!p.committer_done && (!p.in_storage || p.wait(lock, p.for_others, end)))
    if (!p.in_storage) p.wait(lock, p.for_others, INT64_MAX);
  const bool left = !p.committer_done;
  p.abandoned = left;
  lock.unlock();
  p.gatherer.join();
  if (left) {
    leave_behind(p.committing);
  } else {
    p.committing.join();
  }
  lock.lock();
  p.drop_rest(lock);
  p.totals.spool_bytes = p.spool->bytes();
  p.spool.reset();
}

}  // namespace tapedeck
