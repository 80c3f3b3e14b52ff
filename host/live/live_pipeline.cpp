#include "live/live_pipeline.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "ingest/plan.hpp"
#include "live/stream_offer.hpp"
#include "observe/log.hpp"

namespace tapedeck {
namespace {

constexpr Nanos kToDeliver = kSecond;  // of the time of a stop, at least
constexpr Nanos kForTheSpool = 10 * kSecond;
constexpr Nanos kReadLedger = 10 * kSecond;  // of one series

DeliverySettings delivery_settings(const PipelineConfig &config) {
  DeliverySettings s;
  s.queue_rows = config.queue.rows;
  s.when_full = config.queue.spool ? WhenFull::Spool : WhenFull::Block;
  s.spool = std::filesystem::path(config.queue.spool_dir) / config.name;
  s.spool_limit = config.queue.spool_mb << 20;
  return s;
}

}  // namespace

LivePipeline::LivePipeline(const PipelineConfig &config, LivePorts ports)
    : config_(config), ports_(std::move(ports)), clock_(*ports_.clock), started_(clock_.now_ns()) {
  const auto seed = static_cast<std::uint64_t>(started_);
  BreakerSettings breaker;
  if (config_.sources.size() > 1) breaker.open_after = 2;  // there is somebody to go to
  for (const auto &s : config_.sources) breakers_[s.name] = std::make_unique<Breaker>(breaker, seed + breakers_.size());
  delivery_ = std::make_unique<Delivery>(config_.name, [open = ports_.open_storage, name = config_.storage.name] { return open(name); },
                                         delivery_settings(config_), clock_, *ports_.hub, *ports_.metrics);
  try {
    make_shards();
    control_ = std::thread([this] { control(); });
  } catch (...) {
    ports_.hub->close_pipeline(config_.name);  // what is open there would stand in another's way
    throw;
  }
}

LivePipeline::~LivePipeline() { stop(2 * kSecond); }

// Those that stream come first, so that connections and sources have the same index; each keeps its rank.
std::vector<ShardSource> LivePipeline::make_sources() const {
  std::vector<ShardSource> out;
  std::string lacks;
  const auto count = static_cast<std::uint32_t>(config_.sources.size());
  for (const auto &named : config_.sources) {
    const auto rank = static_cast<std::uint32_t>(out.size());
    const std::string version = ports_.version_of(named.name);
    ShardSource source;
    source.name = named.name;
    const std::uint64_t capabilities = ports_.info_of(named.name).capabilities;
    if (const std::string lack = stream_lack(config_, capabilities); !lack.empty()) {
      lacks += (lacks.empty() ? "" : "; ") + named.name + " " + lack;
      source.streams = false;
    } else if (config_.stream->candles) {
      source.candles = *stream_origin(config_, capabilities);
    }
    source.vendor = {named.name, version, rank};
    // The vendor's own candle, whoever the vendor, is worth more than one made here.
    source.built = {named.name, version + ", built from ticks", count + rank};
    out.push_back(std::move(source));
  }
  const auto rest = std::stable_partition(out.begin(), out.end(), [](const ShardSource &s) { return s.streams; });
  if (rest == out.begin()) throw Error(TDK_NOT_SUPPORTED, lacks);
  for (auto s = rest; s != out.end(); ++s)
    log(LogLevel::Info, "stream", config_.name + ": " + s->name + " is asked for holes only: with its options it has no stream of these kinds");
  return out;
}

std::size_t LivePipeline::symbols_per_connection(const std::vector<ShardSource> &sources) const {
  std::size_t most = config_.symbols.size();
  for (const auto &source : sources) {
    if (!source.streams) continue;
    const std::uint32_t limit = ports_.info_of(source.name).series_per_stream;
    if (limit == 0) continue;
    const bool trades = config_.stream->trades || (config_.stream->candles && source.candles == CandleOrigin::Trades);
    const bool quotes = config_.stream->quotes || (config_.stream->candles && source.candles == CandleOrigin::Quotes);
    const bool candles = config_.stream->candles && source.candles == CandleOrigin::Vendor;
    const std::size_t prices = std::max<std::size_t>(config_.prices.size(), 1);
    const std::size_t each = (candles ? config_.intervals.size() * prices : 0) + trades + quotes;
    most = std::min(most, std::max<std::size_t>(limit / std::max<std::size_t>(each, 1), 1));
  }
  return most;
}

void LivePipeline::make_shards() {
  const auto sources = make_sources();
  for (const auto &source : sources)
    if (source.streams) streaming_.push_back(source.name);
  const std::size_t most = symbols_per_connection(sources);
  ShardSpec spec;
  spec.pipeline = config_.name;
  spec.pass_trades = config_.stream->trades;
  spec.pass_quotes = config_.stream->quotes;
  spec.store_ticks = config_.stream->store_ticks;
  spec.late = config_.stream->late;
  spec.calendar = config_.calendar;
  for (std::size_t i = 0; i < config_.symbols.size(); i += most) {
    spec.symbols.clear();
    spec.candles.clear();
    for (std::size_t k = i; k < std::min(i + most, config_.symbols.size()); ++k) {
      spec.symbols.push_back(config_.symbols[k].name);
      const auto series = config_.series_of(config_.symbols[k]);
      if (config_.stream->candles) spec.candles.insert(spec.candles.end(), series.begin(), series.end());
    }
    shards_.push_back(std::make_unique<LiveShard>(spec, sources, *ports_.hub, *delivery_, counts_, clock_));
    make_supervisor(*shards_.back(), sources);
  }
  RepairerSettings repair{config_.name, config_.storage.name, {}, config_.calendar, 4, ports_.call_timeout};
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const ProviderInfo info = ports_.info_of(sources[i].name);
    if ((info.capabilities & TDK_CAP_HISTORY) != 0)
      repair.sources.push_back({sources[i].name, sources[i].vendor.rank, info.candles_per_request, i});
  }
  std::sort(repair.sources.begin(), repair.sources.end(), [](const auto &a, const auto &b) { return a.rank < b.rank; });
  if (repair.sources.empty() && config_.stream->candles)
    log(LogLevel::Warn, "stream", config_.name + ": no source has a history: candles that a connection misses stay holes");
  repairer_ = std::make_unique<Repairer>(
      std::move(repair), [open = ports_.open_provider](const std::string &s) { return open(s, Priority::Repair); }, counts_, clock_);
}

void LivePipeline::make_supervisor(LiveShard &shard, const std::vector<ShardSource> &sources) {
  std::vector<SupervisedSource> supervised;
  for (std::size_t i = 0; i < sources.size() && sources[i].streams; ++i)
    supervised.push_back({sources[i].name, shard.ask_of(i), breakers_.at(sources[i].name).get()});
  SupervisorSettings settings;
  settings.pipeline = config_.name;
  settings.stale_after = config_.stream->stale_after;
  settings.calendar = config_.calendar;
  StreamSupervisor::Observer observer;
  observer.active = [&shard](const StreamLink &link) { shard.set_active(link); };
  observer.lost = [this, &shard](const StreamLink &link) {
    shard.connection_lost(link);
    lost(link);
  };
  observer.status = [this, &shard, last = std::string(), story = SourceStory(streaming_)](StreamState state, const std::string &source,
                                                         const std::string &message) mutable {
    const std::string_view name = stream_state_name(state);
    const std::string line = config_.name + ": " + source + ": " + std::string(name) + (message == name ? "" : ": " + message);
    const bool again = std::exchange(last, line) == line && state != StreamState::Connected;  // an outage is said once, not with each try
    log(again ? LogLevel::Debug : state == StreamState::Connected ? LogLevel::Info : LogLevel::Warn, "stream", line);
    if (again) return;
    ports_.hub->publish({config_.name, source, state, message, shard.symbols(), clock_.now_ns()});
    tell({config_.name, source, story.next(state, source), printable(message, 400), shard.symbols(), clock_.now_ns()});
  };
  supervisors_.push_back(std::make_unique<StreamSupervisor>(
      std::move(settings), std::move(supervised),
      [open = ports_.open_provider](const std::string &s) { return open(s, Priority::Live); }, shard, std::move(observer), clock_));
}

// Candles are asked for again; trades and quotes are not, and that is said.
void LivePipeline::lost(const StreamLink &link) {
  losses_ += link.connected();  // a try that was refused is none
  if (link.connected() && (config_.stream->trades || config_.stream->quotes))
    log(LogLevel::Warn, "stream", config_.name + ": " + link.of().source + ": trades and quotes from " +
                                      format_time(clock_.now_ns() - link.silence()) +
                                      " until the next connection are not received; candles of that time are asked for");
}

void LivePipeline::tell(SourceEvent event) const {
  if (ports_.on_source) ports_.on_source(std::move(event));
}

// Who waits only a moment for the next try is not open.
void LivePipeline::tell_breakers() {
  if (!ports_.on_source) return;
  const Nanos now = clock_.now_ns();
  for (const auto &name : streaming_) {
    const BreakerSnapshot breaker = breakers_.at(name)->snapshot(now);
    const bool open = breaker.state != BreakerState::Closed;
    if (std::exchange(open_[name], open) == open) continue;
    const std::string reason = open ? "after " + std::to_string(breaker.failures) + " failures: " + breaker.last_error : "data came";
    tell({config_.name, name, open ? "breaker_open" : "breaker_closed", printable(reason, 400), {}, now});
  }
}

void LivePipeline::control() {
  std::string trouble;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    try {
      tick();
    } catch (const std::exception &e) {
      if (std::exchange(trouble, e.what()) != e.what()) log(LogLevel::Error, "stream", config_.name + ": unexpected: " + e.what());
    }
    lock.lock();
    changed_.wait_for(lock, ports_.look_after, [this] { return stopping_; });
  }
  lock.unlock();
  wind_down();
  lock.lock();
  quiet_ = true;
  changed_.notify_all();
}

// All are cancelled before one is waited for.
void LivePipeline::wind_down() {
  for (auto &s : supervisors_) s->stop();
  repairer_->cancel();
  supervisors_.clear();
  repairer_->stop();
}

void LivePipeline::tick() {
  for (auto &s : supervisors_) s->tick();
  tell_breakers();
  if (!config_.stream->candles) return;
  if (!ledger_read_ && ledger_is_due()) read_ledger();
  for (auto &shard : shards_) {
    shard->close_due();
    if (ledger_read_) repairer_->add(*shard, shard->holes_due());
  }
}

// What an earlier process left in the spool is not in the ledger yet: it would be asked for again.
bool LivePipeline::ledger_is_due() {
  const Nanos now = clock_.now_ns();
  if (now < next_ledger_read_) return false;
  return now - started_ > kForTheSpool || delivery_->counts().spool_bytes == 0;
}

// What the ledger settles of a series.
RangeSet LivePipeline::settled_of(Storage &storage, const Series &series) const {
  const CancelToken token(cancel_, kReadLedger);
  RangeSet out;
  try {
    for (const auto &e : storage.coverage(series, "", {INT64_MIN, INT64_MAX}, token.raw()))
      if (settles(e.state)) out.add(e.range);
  } catch (const Error &e) {
    if (e.code() != TDK_NOT_FOUND) throw;
  }
  return out;
}

// The first slot that is missing and that no backfill of the pipeline asks for: a process that was killed while it
// asked for a hole leaves it behind, with later candles after it. Without any candle, the slot that is forming now.
Nanos LivePipeline::first_missing(const Series &series, const RangeSet &settled) const {
  const Nanos forming = series.interval.floor(started_);
  if (settled.empty()) return forming;
  TimeRange mine{settled.ranges().front().from, forming};
  if (const auto end = end_of_backfill(series)) mine.from = std::max(mine.from, std::min(*end, settled.ranges().back().to));
  if (mine.from >= mine.to) return forming;
  RangeSet holes(mine);
  holes.subtract(settled);
  return holes.empty() ? forming : holes.ranges().front().from;
}

std::optional<Nanos> LivePipeline::end_of_backfill(const Series &series) const try {
  if (!config_.backfill) return std::nullopt;
  PlanFilter filter;
  filter.pipeline = config_.name;
  for (const SeriesPlan &plan : Planner(*ports_.config, started_).wishes(filter))
    if (plan.series == series) return plan.wanted.to;
  return std::nullopt;
} catch (const Error &) {  // a range that is empty now: nothing is asked for, and the history's side says so
  return std::nullopt;
}

void LivePipeline::read_ledger() try {
  const auto storage = ports_.open_storage(config_.storage.name);
  for (auto &shard : shards_)
    for (std::size_t i = 0; i < shard->series_count(); ++i) {
      const RangeSet settled = settled_of(*storage, shard->series(i));
      const Nanos first = first_missing(shard->series(i), settled);
      shard->start_series(i, first, settled);
      std::lock_guard lock(mutex_);
      keeps_from_[shard->series(i).name()] = first;
    }
  ledger_read_ = true;
} catch (const Error &e) {
  if (cancel_.cancelled()) return;
  next_ledger_read_ = clock_.now_ns() + kSecond;
  if (!std::exchange(ledger_trouble_said_, true))
    log(LogLevel::Warn, "stream", config_.name + ": reading the ledger: " + std::string(e.what()) +
                                      "; tried again every second, holes are asked for when it succeeds");
}

bool LivePipeline::mended() const {
  if (!config_.stream->candles) return true;
  return ledger_read_ && repairer_->idle();
}

std::optional<Nanos> LivePipeline::keeps_from(const Series &series) const {
  std::lock_guard lock(mutex_);
  const auto found = keeps_from_.find(series.name());
  return found == keeps_from_.end() ? std::nullopt : std::optional(found->second);
}

void LivePipeline::cancel() {
  std::lock_guard lock(mutex_);
  stopping_ = true;
  for (auto &shard : shards_) shard->end();
  cancel_.cancel();
  changed_.notify_all();
}

// The delivery is not kept waiting for a plugin that does not come back, nor does a connection that waits for
// room in its queue keep anybody waiting: it is told to go when the delivery stops.
void LivePipeline::stop(Nanos timeout) {
  cancel();
  if (!control_.joinable()) return;
  const Nanos began = system_clock().monotonic_ns();
  {
    std::unique_lock lock(mutex_);
    const auto patience = std::chrono::nanoseconds(std::max<Nanos>(timeout - kToDeliver, 0));
    changed_.wait_for(lock, patience, [this] { return quiet_; });
  }
  const Nanos left = timeout - (system_clock().monotonic_ns() - began);
  delivery_->stop(std::max<Nanos>(left, kSecond / 2));
  control_.join();
  if (const std::uint64_t rest = delivery_->counts().spool_bytes; rest > 0)
    log(LogLevel::Info, "stream", config_.name + ": " + std::to_string(rest) + " bytes stay in the spool " +
                                      delivery_settings(config_).spool.string() + " until the pipeline runs again");
  ports_.hub->publish({config_.name, "", StreamState::Stopped, "the pipeline has stopped", {}, clock_.now_ns()});
  for (const auto &name : streaming_) tell({config_.name, name, "stopped", "the pipeline has stopped", {}, clock_.now_ns()});
  ports_.hub->close_pipeline(config_.name);
}

LivePipelineState LivePipeline::state() const {
  LivePipelineState out;
  out.name = config_.name;
  for (const auto &name : streaming_) out.sources.push_back({name, breakers_.at(name)->snapshot(clock_.now_ns())});
  out.connections = shards_.size();
  out.repairing = !repairer_->idle();
  for (const auto &shard : shards_) out.connected += shard->connected();
  out.delivery = delivery_->counts();
  out.candles = counts_.candles;
  out.ticks = counts_.ticks;
  out.duplicates = counts_.duplicates;
  out.stale = counts_.stale;
  out.late_ticks = counts_.late_ticks;
  out.unknown = counts_.unknown;
  out.unheard = counts_.unheard;
  out.repairs = counts_.repairs;
  out.repair_failures = counts_.repair_failures;
  out.losses = losses_;
  return out;
}

}  // namespace tapedeck
