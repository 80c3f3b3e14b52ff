#include "publish/drainer.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "observe/log.hpp"

namespace tapedeck {
namespace {

constexpr Nanos kReadWithin = 30 * kSecond;
constexpr std::size_t kShown = 300;  // bytes of a sink's words in the log

Metrics::Labels labels(const DrainerSettings &s) { return {{"storage", s.storage}, {"sink", s.sink}}; }

// A connection is worth keeping after it.
bool passes(tdk_status code) {
  return code == TDK_BUSY || code == TDK_TIMEOUT || code == TDK_CANCELLED || code == TDK_UNAVAILABLE || code == TDK_RATE_LIMITED;
}

std::string events(std::size_t n) { return std::to_string(n) + (n == 1 ? " event" : " events"); }

}  // namespace

OutboxDrainer::OutboxDrainer(DrainerSettings settings, OpenOutbox open_outbox, OpenSink open_sink, Metrics &metrics, Clock &clock)
    : settings_(std::move(settings)),
      open_outbox_(std::move(open_outbox)),
      open_sink_(std::move(open_sink)),
      metrics_(metrics),
      clock_(clock),
      waiting_(metrics.gauge("tapedeck_outbox_waiting", "Events that wait to be published.", labels(settings_))),
      dead_(metrics.gauge("tapedeck_outbox_dead", "Dead letters: events that the sink will never take.", labels(settings_))),
      oldest_(metrics.gauge("tapedeck_outbox_oldest_seconds", "Age of the event that waits longest; 0: none waits.", labels(settings_))),
      published_total_(metrics.counter("tapedeck_outbox_published_total", "Events that the sink has acknowledged.", labels(settings_))),
      failed_total_(metrics.counter("tapedeck_outbox_failed_total", "Tries to publish an event that failed.", labels(settings_))),
      batch_(settings_.batch),
      outage_(settings_.first_pause, settings_.longest_pause, settings_.seed) {
  state_.storage = settings_.storage;
  state_.sink = settings_.sink;
  thread_ = std::thread([this] { run(); });
}

OutboxDrainer::~OutboxDrainer() { stop(0); }

void OutboxDrainer::poke() {
  std::lock_guard lock(mutex_);
  ++pokes_;
  changed_.notify_one();
}

bool OutboxDrainer::finish(Nanos timeout, const tdk_cancel *cancel) {
  std::unique_lock lock(mutex_);
  const std::uint64_t mine = ++pokes_;
  changed_.notify_one();
  const Nanos end = system_clock().monotonic_ns() + timeout;
  // Who rests although there is something new cannot go on.
  const auto answered = [&] { return ended_ || looked_at_ >= mine || (resting_ && (state_.elsewhere || !state_.trouble.empty())); };
  while (!answered()) {
    if (status_of(cancel) != TDK_OK || system_clock().monotonic_ns() >= end) return false;
    answered_.wait_for(lock, std::chrono::milliseconds(20));
  }
  return true;
}

void OutboxDrainer::cancel() {
  cancel_.cancel();
  std::lock_guard lock(mutex_);
  changed_.notify_one();
}

void OutboxDrainer::stop(Nanos timeout) {
  if (!thread_.joinable()) return;
  if (timeout > 0) finish(timeout, nullptr);
  cancel();
  thread_.join();
}

DrainerState OutboxDrainer::state() const {
  std::lock_guard lock(mutex_);
  return state_;
}

void OutboxDrainer::run() {
  while (!stopping()) {
    std::uint64_t seen = 0;
    {
      std::lock_guard lock(mutex_);
      seen = pokes_;
    }
    const Nanos pause = pass();
    std::unique_lock lock(mutex_);
    looked_at_ = seen;
    resting_ = true;
    answered_.notify_all();
    rest(lock, pause);
    resting_ = false;
  }
  give_up_claim();
  std::lock_guard lock(mutex_);
  ended_ = true;
  answered_.notify_all();
}

// During an outage what is put changes nothing.
void OutboxDrainer::rest(std::unique_lock<std::mutex> &lock, Nanos pause) {
  const Nanos until = clock_.monotonic_ns() + pause;
  while (!stopping() && (outage_.on() || pokes_ == looked_at_)) {
    const Nanos left = until - clock_.monotonic_ns();
    if (left <= 0) return;
    changed_.wait_for(lock, std::chrono::nanoseconds(std::min(left, settings_.slice)));
  }
}

// One look at everything that waits; how long to rest after it.
Nanos OutboxDrainer::pass() {
  try {
    if (drain()) {
      note_progress();
      return settings_.look_after;
    }
    if (stopping()) return 0;
    note_trouble(refusal_);
    refused_ = true;
  } catch (const std::exception &e) {
    if (stopping()) return 0;
    const auto *error = dynamic_cast<const Error *>(&e);
    const tdk_status code = error != nullptr ? error->code() : TDK_INTERNAL;
    if (!passes(code)) outbox_.reset();
    if (code == TDK_BUSY && !at_sink_) return note_elsewhere(e.what());
    refused_ = false;
    note_trouble(e.what());
  }
  return outage_.next_pause();
}

// True: nothing waits any more; false: some events were refused for now, or it is to stop.
// Each look begins at the first that waits: ids ascend in the order of the transactions within a key only, so that an
// earlier one of another key may come to light behind a later one.
bool OutboxDrainer::drain() {
  at_sink_ = false;
  if (!outbox_) outbox_ = open_outbox_();
  count_waiting();
  OutboxRequest request;
  request.sink = settings_.sink;
  std::set<std::string> blocked;
  for (std::size_t held_up = 0; !stopping();) {
    request.limit = batch_ + held_up;
    const CancelToken token(cancel_, kReadWithin, clock_);
    Entries entries = outbox_->read(request, token.raw());
    const bool last = entries.size() < request.limit;
    held_up = std::erase_if(entries, [&](const OutboxEntry &e) { return blocked.count(e.key) != 0; });
    const bool all = entries.size() <= batch_;
    if (!all) entries.resize(batch_);
    if (!entries.empty() && !hold_claim()) continue;  // whoever had it may have published these
    if (!entries.empty()) blocked.merge(publish(entries));
    if ((last && all) || held_up > settings_.blocked_most) return blocked.empty();
  }
  return false;
}

// False: it was not ours until now. Throws TDK_BUSY when it is another's.
bool OutboxDrainer::hold_claim() {
  const Nanos now = clock_.now_ns();
  const bool held = claimed_until_ > now;
  if (held && claimed_until_ - now > (settings_.lease + settings_.publish_within) / 2) return true;
  outbox_->claim(settings_.sink, settings_.owner, now, now + settings_.lease);
  claimed_until_ = now + settings_.lease;
  return held;
}

void OutboxDrainer::give_up_claim() noexcept try {
  const Nanos now = clock_.now_ns();
  if (outbox_ && claimed_until_ > now) outbox_->claim(settings_.sink, settings_.owner, now, now);
} catch (const std::exception &e) {
  log(LogLevel::Debug, "publish", settings_.sink + ": giving up the claim: " + e.what() + "; it runs out by itself");
}

// The keys of which something has to be tried again.
std::set<std::string> OutboxDrainer::publish(const Entries &entries) {
  const auto failures = hand_over(entries);
  if (outage_.on() && !refused_) note_progress();
  batch_ = std::min(batch_ * 2, settings_.batch);
  std::vector<OutboxOutcome> outcomes;
  for (const auto &e : entries) outcomes.push_back({OutboxOutcome::Kind::Sent, e.id, {}});
  std::set<std::string> blocked;
  std::vector<std::size_t> dead;
  for (const auto &f : failures) {
    OutboxOutcome &outcome = outcomes.at(f.index);
    outcome.error = f.why.empty() ? std::string(status_name(f.status)) : f.why;
    outcome.kind = f.lasting() ? OutboxOutcome::Kind::Dead : OutboxOutcome::Kind::Failed;
    if (f.lasting()) {
      dead.push_back(f.index);
      continue;
    }
    if (blocked.empty()) refusal_ = entries[f.index].type + " of " + entries[f.index].key + ": " + outcome.error;
    blocked.insert(entries[f.index].key);
  }
  settle(outcomes);
  count(entries.size() - failures.size(), failures.size(), dead.size());
  if (!dead.empty()) say_dead(dead.size(), entries[dead.front()], outcomes[dead.front()].error);
  return blocked;
}

// What is thrown has been settled: all of it failed. The next batch is smaller, so that one event that the sink cannot
// bear is found, and the others pass.
std::vector<EventFailure> OutboxDrainer::hand_over(const Entries &entries) {
  at_sink_ = true;
  if (!sink_) sink_ = open_sink_();
  std::optional<Error> error;
  try {
    const CancelToken token(cancel_, settings_.publish_within, clock_);
    auto failures = sink_->publish(entries, token.raw());
    at_sink_ = false;
    return failures;
  } catch (const Error &e) {
    error = e;
  } catch (const std::exception &e) {
    error = Error(TDK_INTERNAL, settings_.sink + ": publish: " + e.what());
  }
  if (!passes(error->code()) || !sink_->usable()) sink_.reset();
  if (!stopping()) {
    batch_ = std::max<std::size_t>(entries.size() / 2, 1);
    std::vector<OutboxOutcome> outcomes;
    for (const auto &e : entries) outcomes.push_back({OutboxOutcome::Kind::Failed, e.id, error->what()});
    settle(outcomes);
    count(0, entries.size(), 0);
  }
  throw Error(*error);
}

// Until it is done: what was acknowledged would be published again.
void OutboxDrainer::settle(const std::vector<OutboxOutcome> &outcomes) {
  for (;;) try {
      if (!outbox_) outbox_ = open_outbox_();
      return outbox_->settle(outcomes);
    } catch (const Error &e) {
      if (stopping()) throw;
      if (!passes(e.code())) outbox_.reset();
      note_trouble(e.what());
      const CancelToken token(cancel_);
      clock_.sleep_ns(outage_.next_pause(), token.raw());
    }
}

void OutboxDrainer::count(std::size_t sent, std::size_t failed, std::size_t dead) {
  metrics_.record(published_total_, static_cast<double>(sent));
  metrics_.record(failed_total_, static_cast<double>(failed));
  std::lock_guard lock(mutex_);
  state_.published += sent;
  state_.failed += failed;
  state_.dead += dead;
}

// Figures for people: that they cannot be had at present, or take long, keeps nothing from being published.
void OutboxDrainer::count_waiting() try {
  const Nanos began = clock_.monotonic_ns();
  if (began < count_at_) return;
  count_at_ = began + settings_.count_after;
  const CancelToken token(cancel_, settings_.count_within, clock_);
  OutboxStat mine{settings_.sink, 0, 0, {}};
  for (auto &stat : outbox_->stat(token.raw()))
    if (stat.sink == settings_.sink) mine = std::move(stat);
  const Nanos ended = clock_.monotonic_ns();
  count_at_ = ended + std::max(settings_.count_after, 20 * (ended - began));
  metrics_.record(waiting_, static_cast<double>(mine.waiting));
  metrics_.record(dead_, static_cast<double>(mine.dead));
  metrics_.record(oldest_, mine.oldest ? static_cast<double>(std::max<Nanos>(clock_.now_ns() - *mine.oldest, 0)) / 1e9 : 0);
} catch (const Error &e) {
  count_at_ = clock_.monotonic_ns() + settings_.longest_pause;
  log(LogLevel::Debug, "publish", settings_.sink + ": counting what waits: " + e.what());
}

void OutboxDrainer::say_dead(std::size_t n, const OutboxEntry &first, const std::string &why) {
  log(LogLevel::Error, "publish",
      settings_.sink + " will never take " + events(n) + " and says so; kept as dead letters, see tapedeck outbox list. The first is a " +
          first.type + " of " + first.key + ": " + printable(why, kShown),
      {{"storage", settings_.storage}});
}

void OutboxDrainer::note_trouble(const std::string &text) {
  const std::string shown = printable(text, kShown);
  if (outage_.begin(clock_.monotonic_ns()))
    log(LogLevel::Warn, "publish",
        "publishing to " + settings_.sink + ": " + shown + "; tried again every " + format_duration(settings_.longest_pause) +
            " at the latest, until then events wait in the outbox",
        {{"storage", settings_.storage}});
  std::lock_guard lock(mutex_);
  state_.trouble = shown.empty() ? "refused" : shown;
  state_.elsewhere = false;
}

void OutboxDrainer::note_progress() {
  if (outage_.on())
    log(LogLevel::Info, "publish",
        "publishing to " + settings_.sink + " goes on after " + format_duration(outage_.end(clock_.monotonic_ns())),
        {{"storage", settings_.storage}});
  refused_ = false;
  std::lock_guard lock(mutex_);
  state_.trouble.clear();
  state_.elsewhere = false;
}

// No trouble: what waits is published by somebody.
Nanos OutboxDrainer::note_elsewhere(const std::string &why) {
  claimed_until_ = INT64_MIN;
  if (outage_.on()) outage_.end(clock_.monotonic_ns());
  std::lock_guard lock(mutex_);
  state_.trouble.clear();
  if (!std::exchange(state_.elsewhere, true)) log(LogLevel::Debug, "publish", settings_.sink + ": " + why);
  return settings_.look_after;
}

}  // namespace tapedeck
