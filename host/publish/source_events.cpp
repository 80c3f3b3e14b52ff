#include "publish/source_events.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <chrono>

#include "base/text.hpp"
#include "observe/log.hpp"

namespace tapedeck {

SourceEvents::SourceEvents(SourceEventSettings settings, OpenStorage open, CorrelationIds &ids, std::function<void()> stored,
                           Metrics &metrics, Clock &clock)
    : settings_(std::move(settings)),
      open_(std::move(open)),
      ids_(ids),
      stored_(std::move(stored)),
      metrics_(metrics),
      clock_(clock),
      outage_(settings_.first_pause, settings_.longest_pause, static_cast<std::uint64_t>(clock.now_ns())),
      thread_([this] { run(); }) {}

SourceEvents::~SourceEvents() { stop(0); }

void SourceEvents::put(SourceEvent event, std::vector<std::string> sinks) {
  std::unique_lock lock(mutex_);
  if (!stopping_ && queue_.size() < settings_.queue) {
    queue_.push_back({std::move(event), std::move(sinks)});
    changed_.notify_one();
    return;
  }
  const bool say = !stopping_ && !std::exchange(said_full_, true);
  const char *const reason = stopping_ ? "stopped" : "full";
  lock.unlock();
  drop(1, reason);
  if (say)
    log(LogLevel::Error, "publish",
        std::to_string(settings_.queue) + " events of sources wait for " + settings_.storage + ", which is away: further ones are dropped and counted");
}

void SourceEvents::drop(std::size_t n, const char *reason) {
  metrics_.record(metrics_.counter("tapedeck_publish_dropped_total", "Events of sources that could not be kept.",
                                   {{"storage", settings_.storage}, {"reason", reason}}),
                  static_cast<double>(n));
}

void SourceEvents::stop(Nanos timeout) {
  if (!thread_.joinable()) return;
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
    done_.wait_for(lock, std::chrono::nanoseconds(timeout), [this] { return ended_; });
  }
  cancel_.cancel();
  thread_.join();
  if (queue_.empty()) return;
  drop(queue_.size(), "stopped");
  log(LogLevel::Warn, "publish",
      std::to_string(queue_.size()) + " events of sources are lost: " + settings_.storage + " did not take them");
  queue_.clear();
}

void SourceEvents::run() {
  const CancelToken token(cancel_);
  std::unique_lock lock(mutex_);
  while (!cancel_.cancelled()) {
    changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) break;
    const auto n = static_cast<std::ptrdiff_t>(std::min(queue_.size(), settings_.batch));
    const std::vector<Waiting> some(queue_.begin(), queue_.begin() + n);
    lock.unlock();
    const bool stored = commit(some);
    if (!stored) clock_.sleep_ns(outage_.next_pause(), token.raw());
    lock.lock();
    if (!stored) continue;
    queue_.erase(queue_.begin(), queue_.begin() + n);
    said_full_ = false;
  }
  ended_ = true;
  done_.notify_all();
}

bool SourceEvents::commit(const std::vector<Waiting> &some) try {
  if (!connection_) connection_ = open_();
  std::vector<std::string> texts;
  const std::string id = ids_.next();
  for (const auto &w : some) texts.push_back(source_envelope(w.event, id));
  CommitBatch batch;
  for (std::size_t i = 0; i < some.size(); ++i)
    for (const auto &sink : some[i].sinks)
      batch.events.push_back({OutboxEvent::About::Nothing, 0, 0, sink, "source", some[i].event.source, some[i].event.at, texts[i]});
  connection_->commit_batch(batch);
  if (outage_.on()) outage_.end(clock_.monotonic_ns());
  stored_();
  return true;
} catch (const std::exception &e) {
  connection_.reset();
  if (outage_.begin(clock_.monotonic_ns()))
    log(LogLevel::Warn, "publish", "keeping events of sources: " + printable(e.what(), 300) + "; tried again",
        {{"storage", settings_.storage}});
  return false;
}

}  // namespace tapedeck
