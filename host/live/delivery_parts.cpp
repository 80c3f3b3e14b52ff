#include "live/delivery_parts.hpp"

#include <algorithm>
#include <chrono>

#include "observe/log.hpp"

namespace tapedeck {
namespace {

// How long a thread waits at most before it looks at the clock again, which need not be the system's.
constexpr Nanos kSlice = 20'000'000;

std::string seconds_text(Nanos ns) {
  return std::to_string(ns / kSecond) + "." + std::to_string(ns / (kSecond / 10) % 10) + " s";
}

}  // namespace

Delivery::Parts::Parts(std::string name, OpenStorage open, DeliverySettings s, Clock &c, LiveHub &h, Metrics &m)
    : pipeline(std::move(name)),
      settings(std::move(s)),
      clock(c),
      hub(h),
      metrics(m),
      seconds(m.histogram("tapedeck_delivery_seconds", "From put to committed, of the oldest row of each batch",
                          {{"pipeline", pipeline}})),
      queue_gauge(m.gauge("tapedeck_delivery_queue_rows", "Live rows in memory, not stored yet", {{"pipeline", pipeline}})),
      spool_gauge(m.gauge("tapedeck_spool_bytes", "Live rows on disk, not stored yet", {{"pipeline", pipeline}})),
      candles_counter(m.counter("tapedeck_delivered_total", "Live rows that are in the store",
                                {{"pipeline", pipeline}, {"kind", "candle"}})),
      ticks_counter(m.counter("tapedeck_delivered_total", "Live rows that are in the store",
                              {{"pipeline", pipeline}, {"kind", "tick"}})),
      spooled_counter(m.counter("tapedeck_spooled_total", "Live rows that went through the spool", {{"pipeline", pipeline}})),
      drops(pipeline, c, m),
      spool(std::make_unique<Spool>(
          SpoolSettings{.directory = settings.spool,
                        .limit = settings.spool_limit,
                        .make_now = settings.when_full == WhenFull::Spool},
          c)),
      maker(c),
      committer(pipeline, std::move(open), [this](const auto &call) { enter_storage(call); }, *spool, drops) {
  if (spool->drained()) return;
  mode = Mode::Spooling;
  log(LogLevel::Info, "delivery",
      "storing first the " + std::to_string(spool->bytes()) + " bytes that were left in the spool",
      {{"pipeline", pipeline}, {"directory", settings.spool.string()}});
}

// False once `until` has passed.
bool Delivery::Parts::wait(Lock &lock, std::condition_variable &on, Nanos until) const {
  const Nanos now = clock.monotonic_ns();
  if (now >= until) return false;
  on.wait_for(lock, std::chrono::nanoseconds(std::min(kSlice, until - now)));
  return true;
}

bool Delivery::Parts::make_room(Lock &lock, std::size_t rows, DropKind kind, std::size_t dropped) {
  if (stopping) return false;
  ++entering;
  bool room = true;
  while (room && !stopping && held > 0 && held + rows > settings.queue_rows) {
    if (refusal.empty()) {
      full = true;
      for_gatherer.notify_one();
      wait(lock, for_others, INT64_MAX);
    } else {
      drops.add(kind, refusal, dropped);
      room = false;
    }
  }
  --entering;
  return room;
}

void Delivery::Parts::added(std::size_t rows) {
  const std::size_t before = queue.rows;
  if (before == 0) queue.oldest = clock.monotonic_ns();
  queue.rows += rows;
  held += rows;
  put += rows;
  if (before == 0 || (before < settings.flush_rows && queue.rows >= settings.flush_rows)) for_gatherer.notify_one();
}

void Delivery::Parts::settle(std::size_t rows) {
  held -= rows;
  settled += rows;
  if (held < settings.queue_rows) full = false;
  for_others.notify_all();
}

// Whatever was in the queue when this began is in one of the gatherer's next takes: the first of them says
// how much has to be settled.
bool Delivery::Parts::drain(Lock &lock, Nanos timeout) {
  const Nanos now = clock.monotonic_ns();
  const Nanos end = timeout < INT64_MAX - now ? now + timeout : INT64_MAX;
  const std::uint64_t takes_before = takes;
  std::uint64_t target = queue.rows == 0 ? put : UINT64_MAX;
  ++drains;
  for_gatherer.notify_one();
  bool done = false;
  do {
    if (target == UINT64_MAX && takes > takes_before) target = put_at_take;
    done = settled >= target;
  } while (!done && wait(lock, for_others, end));
  --drains;
  return done;
}

void Delivery::Parts::drop_rest(Lock &) {
  if (held > 0) {
    const std::string reason = refusal.empty() ? "stopped" : refusal;
    std::uint64_t candles = 0, ticks = queue.ticks.size();
    for (const auto &c : queue.candles) candles += c.page ? c.page->candles.size() : 1;
    const auto add = [&](const DeliveryBatch &batch) {
      candles += batch.candle_rows();
      ticks += batch.tick_rows();
    };
    while (!maker.empty()) add(maker.next(settings.flush_rows));
    if (pending) add(*pending);
    if (hand && !hand_spooled) add(*hand);
    drops.add(DropKind::Candle, reason, candles);
    drops.add(DropKind::Tick, reason, ticks);
    held = 0;
  }
  drops.say_rest();
}

void Delivery::Parts::note_away(const std::string &reason) {
  totals.away_reason = reason;
  if (totals.storage_away) return;
  totals.storage_away = true;
  away_since = clock.monotonic_ns();
  log(LogLevel::Warn, "delivery",
      "the storage is away: " + reason +
          (settings.when_full == WhenFull::Spool ? "; live rows go to the spool until it is back"
                                                 : "; live rows wait in memory until it is back"),
      {{"pipeline", pipeline}});
}

void Delivery::Parts::note_back() {
  if (!totals.storage_away) return;
  totals.storage_away = false;
  totals.away_reason.clear();
  log(LogLevel::Info, "delivery",
      "the storage is back after " + seconds_text(clock.monotonic_ns() - away_since) + ", " +
          std::to_string(spool->bytes()) + " bytes of the spool follow",
      {{"pipeline", pipeline}});
}

void Delivery::Parts::show() {
  metrics.record(queue_gauge, static_cast<double>(held));
  metrics.record(spool_gauge, static_cast<double>(spool->bytes()));
}

}  // namespace tapedeck
