#include "live/stream_supervisor.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <utility>

#include "observe/log.hpp"

namespace tapedeck {
namespace {

// Trying again will not help: who configured it has to look.
bool lasting(tdk_status code) {
  switch (code) {
    case TDK_INVALID_ARGUMENT:
    case TDK_NOT_FOUND:
    case TDK_NOT_SUPPORTED:
    case TDK_UNAUTHENTICATED:
    case TDK_PERMISSION_DENIED:
    case TDK_INCOMPATIBLE: return true;
    default: return false;
  }
}

Nanos total(const RangeSet &ranges) {
  Nanos sum = 0;
  for (const auto &r : ranges.ranges()) sum += r.to - r.from;
  return sum;
}

}  // namespace

StreamSupervisor::StreamSupervisor(SupervisorSettings settings, std::vector<SupervisedSource> sources, OpenProvider open,
                                   LinkTarget &target, Observer observer, Clock &clock)
    : settings_(std::move(settings)),
      sources_(std::move(sources)),
      open_(std::move(open)),
      target_(target),
      observer_(std::move(observer)),
      clock_(clock) {}

StreamSupervisor::~StreamSupervisor() { stop(); }

void StreamSupervisor::stop() {
  stopping_ = true;
  for (auto *link : {active_.get(), standby_.get()})
    if (link != nullptr) link->cancel("stopped");
  for (auto &d : draining_) d.link->cancel("stopped");
}

void StreamSupervisor::tick() {
  if (stopping_) return;
  const Nanos now = clock_.now_ns();
  std::erase_if(draining_, [&](Draining &d) {
    if (now >= d.until) d.link->cancel("replaced");
    const auto end = d.link->ended();
    if (end) keep_provider(*d.link, *end);
    return end.has_value();
  });
  reap_active(now);
  reap_standby(now);
  if (!active_) connect(now);
  if (active_ && !standby_) seek_preferred(now);
  if (active_ && !standby_) prepare_successor(now);
  if (active_ && !standby_) seek_fallback(now);
}

void StreamSupervisor::say(StreamState state, const std::string &source, const std::string &message) {
  observer_.status(state, source, message);
}

StreamSupervisor::LinkPtr StreamSupervisor::make(std::size_t index, Nanos now) {
  const SupervisedSource &source = sources_[index];
  try {
    std::unique_ptr<Provider> provider;
    if (const auto kept = idle_.find(source.name); kept != idle_.end()) provider = std::move(kept->second);
    idle_.erase(source.name);
    if (!provider) provider = open_(source.name);
    return std::make_unique<StreamLink>(StreamLink::Of{index, source.name, ++connections_}, std::move(provider), source.ask,
                                        target_, clock_);
  } catch (const Error &e) {
    source.breaker->failed(now, {e.what(), false, lasting(e.code()), e.retry_after_ms() * 1'000'000});
    say(StreamState::Error, source.name, e.what());
    return nullptr;
  }
}

// The first source that is not known to be away; when all are, whichever may be tried.
void StreamSupervisor::connect(Nanos now) {
  std::size_t chosen = sources_.size();
  for (std::size_t i = 0; i < sources_.size() && chosen == sources_.size(); ++i)
    if (!sources_[i].breaker->open(now)) chosen = i;
  if (chosen < sources_.size()) {
    if (!sources_[chosen].breaker->try_connect(now)) return;  // its wait is not over
  } else {
    for (std::size_t i = 0; i < sources_.size() && chosen == sources_.size(); ++i)
      if (sources_[i].breaker->try_connect(now)) chosen = i;
    if (chosen == sources_.size()) return;
  }
  active_ = make(chosen, now);
  announced_ = active_noted_ = false;
  if (!active_) return;
  observer_.active(*active_);
  active_->start();
}

void StreamSupervisor::seek_preferred(Nanos now) {
  for (std::size_t i = 0; i < active_->of().source_index; ++i) {
    if (!sources_[i].breaker->try_connect(now)) continue;
    return stand_by(i, Standby::Preferred, now);
  }
}

// Who only hangs neither fails nor connects.
void StreamSupervisor::seek_fallback(Nanos now) {
  if (active_->connected() || active_->age() < settings_.fallback_after) return;
  for (std::size_t i = active_->of().source_index + 1; i < sources_.size(); ++i)
    if (sources_[i].breaker->try_connect(now)) return stand_by(i, Standby::Fallback, now);
}

void StreamSupervisor::stand_by(std::size_t source, Standby as, Nanos now) {
  standby_ = make(source, now);
  standby_noted_ = false;
  standby_as_ = as;
  if (standby_) standby_->start();
}

void StreamSupervisor::prepare_successor(Nanos now) {
  const auto at = active_->expires_at();
  if (!at || now < successor_not_before_) return;
  // A life that is short, as in a test, has a short margin.
  const Nanos margin = std::min(settings_.expiry_margin, (*at - (now - active_->age())) / 10);
  if (now < *at - margin) return;
  successor_not_before_ = now + 5 * kSecond;
  log(LogLevel::Info, "stream", "the connection to " + active_->of().source + " ends at " + format_time(*at) + ": opening another");
  stand_by(active_->of().source_index, Standby::Successor, now);
}

// The time it has said nothing while the market was open, and no vendor pauses.
Nanos StreamSupervisor::open_silence(const StreamLink &link) const {
  const Nanos silence = link.silence();
  if (silence <= settings_.stale_after || !settings_.calendar) return silence;
  const Nanos now = clock_.now_ns();
  return silence - total(quiet_time(settings_.calendar.get(), {now - silence, now}));
}

void StreamSupervisor::watch(StreamLink &link) const {
  if (!link.connected()) {
    if (link.age() > settings_.connect_within)
      link.cancel("not connected within " + format_duration(settings_.connect_within));
  } else if (open_silence(link) > settings_.stale_after) {
    link.cancel("silent for " + format_duration(settings_.stale_after));
  }
}

void StreamSupervisor::note_data(const LinkPtr &link, bool &noted) {
  if (noted || !link->had_data()) return;
  noted = true;
  sources_[link->of().source_index].breaker->succeeded();
}

// After a hang, or a plugin's own trouble, a fresh instance is the better bet: one that did not come back
// when it was cancelled was left by its caller, and refuses every further call.
void StreamSupervisor::keep_provider(StreamLink &link, const StreamLink::End &end) {
  if (end.code != TDK_UNAVAILABLE && end.code != TDK_CANCELLED && end.code != TDK_TIMEOUT) return;
  auto provider = link.take_provider();
  if (provider && provider->usable()) idle_[link.of().source] = std::move(provider);
}

void StreamSupervisor::settle_failure(StreamLink &link, const StreamLink::End &end, Nanos now) {
  const bool refused = end.code != TDK_CANCELLED && lasting(end.code);
  sources_[link.of().source_index].breaker->failed(now, {end.text, link.had_data(), refused, end.asked_wait, link.age()});
  keep_provider(link, end);
}

void StreamSupervisor::reap_active(Nanos now) {
  if (!active_) return;
  note_data(active_, active_noted_);
  if (active_->connected() && !announced_) {
    announced_ = true;
    observer_.active(*active_);  // connected now
    say(StreamState::Connected, active_->of().source, "connected");
  }
  watch(*active_);
  const auto end = active_->ended();
  if (!end) return;
  note_data(active_, active_noted_);
  settle_failure(*active_, *end, now);
  observer_.lost(*active_);
  const bool refused = end->code != TDK_CANCELLED && lasting(end->code);
  say(refused ? StreamState::Error : StreamState::Reconnecting, active_->of().source, end->text);
  active_.reset();
  if (!standby_) return;
  active_ = std::move(standby_);
  active_noted_ = standby_noted_;
  announced_ = false;
  observer_.active(*active_);
}

bool StreamSupervisor::standby_is_ready() const {
  switch (standby_as_) {
    case Standby::Preferred: return standby_->connected() && standby_->had_data();
    // Data of a successor's first series does not say that it has the others, which the old one still has.
    case Standby::Successor: return standby_->subscribed();
    case Standby::Fallback: return standby_->connected();
  }
  return false;
}

void StreamSupervisor::reap_standby(Nanos now) {
  if (!standby_) return;
  note_data(standby_, standby_noted_);
  watch(*standby_);
  if (const auto end = standby_->ended()) {
    settle_failure(*standby_, *end, now);
    // An outage is said once, not with each try.
    const std::string line = standby_->of().source + " beside " + active_->of().source + ": " + end->text;
    const bool again = std::exchange(standby_trouble_, line) == line;
    log(again ? LogLevel::Debug : LogLevel::Warn, "stream", settings_.pipeline + ": " + line);
    standby_.reset();
  } else if (standby_as_ == Standby::Fallback && active_->connected()) {  // it was not needed
    sources_[standby_->of().source_index].breaker->left();
    draining_.push_back({std::move(standby_), now});
  } else if (standby_is_ready()) {
    promote(now);
  }
}

// The successor counts; the old connection still delivers for a moment, so that nothing falls between.
void StreamSupervisor::promote(Nanos now) {
  const bool same_source = standby_->of().source == active_->of().source;
  LinkPtr old = std::exchange(active_, std::move(standby_));
  // Its end is no failure; and who was the one to try a source that is open must make way for the next.
  if (!active_noted_ && !same_source) sources_[old->of().source_index].breaker->left();
  active_noted_ = standby_noted_;
  standby_trouble_.clear();
  announced_ = true;
  observer_.active(*active_);
  say(StreamState::Connected, active_->of().source,
      same_source                         ? "a new connection has taken over"
      : standby_as_ == Standby::Preferred ? "back from " + old->of().source
                                          : "in place of " + old->of().source + ", which does not connect");
  if (!same_source) old->cancel("replaced");
  draining_.push_back({std::move(old), now + settings_.overlap});
}

}  // namespace tapedeck
