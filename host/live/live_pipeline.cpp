#include "live/live_pipeline.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <utility>

#include "observe/log.hpp"

namespace tapedeck {
namespace {

using From = StreamConfig::CandlesFrom;

// Where a source's live candles come from. Throws when it has nothing to make them of.
CandleOrigin origin_of(From wish, const ProviderInfo &info, const std::string &source) {
  const auto has = [&](std::uint64_t capability) { return (info.capabilities & capability) != 0; };
  if ((wish == From::Best || wish == From::Vendor) && has(TDK_CAP_STREAM_CANDLES)) return CandleOrigin::Vendor;
  if ((wish == From::Best || wish == From::Trades) && has(TDK_CAP_STREAM_TRADES)) return CandleOrigin::Trades;
  if ((wish == From::Best || wish == From::Quotes) && has(TDK_CAP_STREAM_QUOTES)) return CandleOrigin::Quotes;
  throw Error(TDK_NOT_SUPPORTED, source + " streams nothing to make live candles of; see candles_from, or name another source");
}

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
  for (const auto &s : config_.sources) breakers_[s.name] = std::make_unique<Breaker>(BreakerSettings{}, seed + breakers_.size());
  delivery_ = std::make_unique<Delivery>(config_.name, [open = ports_.open_storage, name = config_.storage.name] { return open(name); },
                                         delivery_settings(config_), clock_, *ports_.hub, *ports_.metrics);
  make_shards();
  control_ = std::thread([this] { control(); });
}

LivePipeline::~LivePipeline() { stop(2 * kSecond); }

std::vector<ShardSource> LivePipeline::make_sources() const {
  std::vector<ShardSource> out;
  const auto count = static_cast<std::uint32_t>(config_.sources.size());
  for (const auto &named : config_.sources) {
    const auto rank = static_cast<std::uint32_t>(out.size());
    const std::string version = ports_.version_of(named.name);
    ShardSource source;
    source.name = named.name;
    if (config_.stream->candles) source.candles = origin_of(config_.stream->candles_from, ports_.info_of(named.name), named.name);
    source.vendor = {named.name, version, rank};
    // The vendor's own candle, whoever the vendor, is worth more than one made here.
    source.built = {named.name, version + ", built from ticks", count + rank};
    out.push_back(std::move(source));
  }
  return out;
}

std::size_t LivePipeline::symbols_per_connection(const std::vector<ShardSource> &sources) const {
  std::size_t most = config_.symbols.size();
  for (const auto &source : sources) {
    const std::uint32_t limit = ports_.info_of(source.name).series_per_stream;
    if (limit == 0) continue;
    const bool trades = config_.stream->trades || (config_.stream->candles && source.candles == CandleOrigin::Trades);
    const bool quotes = config_.stream->quotes || (config_.stream->candles && source.candles == CandleOrigin::Quotes);
    const bool candles = config_.stream->candles && source.candles == CandleOrigin::Vendor;
    const std::size_t each = (candles ? config_.intervals.size() : 0) + trades + quotes;
    most = std::min(most, std::max<std::size_t>(limit / std::max<std::size_t>(each, 1), 1));
  }
  return most;
}

void LivePipeline::make_shards() {
  const auto sources = make_sources();
  const std::size_t most = symbols_per_connection(sources);
  ShardSpec spec;
  spec.pipeline = config_.name;
  if (config_.stream->candles)
    for (const auto &[interval, at] : config_.intervals) spec.intervals.push_back(interval);
  spec.pass_trades = config_.stream->trades;
  spec.pass_quotes = config_.stream->quotes;
  spec.store_ticks = config_.stream->store_ticks;
  spec.late = config_.stream->late;
  spec.calendar = config_.calendar;
  for (std::size_t i = 0; i < config_.symbols.size(); i += most) {
    spec.symbols.clear();
    for (std::size_t k = i; k < std::min(i + most, config_.symbols.size()); ++k) spec.symbols.push_back(config_.symbols[k].name);
    shards_.push_back(std::make_unique<LiveShard>(spec, sources, *ports_.hub, *delivery_, counts_, clock_));
    make_supervisor(*shards_.back(), sources);
  }
  RepairerSettings repair{config_.name, config_.storage.name, {}, config_.calendar, 4, ports_.call_timeout};
  for (const auto &s : sources) repair.sources.push_back({s.name, s.vendor.rank, ports_.info_of(s.name).candles_per_request});
  repairer_ = std::make_unique<Repairer>(
      std::move(repair), [open = ports_.open_provider](const std::string &s) { return open(s, Priority::Repair); }, counts_, clock_);
}

void LivePipeline::make_supervisor(LiveShard &shard, const std::vector<ShardSource> &sources) {
  std::vector<SupervisedSource> supervised;
  for (std::size_t i = 0; i < sources.size(); ++i)
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
  observer.status = [this, &shard, last = std::string()](StreamState state, const std::string &source,
                                                         const std::string &message) mutable {
    const std::string line = config_.name + ": " + source + ": " + std::string(stream_state_name(state)) + ": " + message;
    const bool again = std::exchange(last, line) == line;  // an outage is said once, not with each try
    log(again ? LogLevel::Debug : state == StreamState::Connected ? LogLevel::Info : LogLevel::Warn, "stream", line);
    if (again) return;
    ports_.hub->publish({config_.name, source, state, message, shard.symbols(), clock_.now_ns()});
  };
  supervisors_.push_back(std::make_unique<StreamSupervisor>(
      std::move(settings), std::move(supervised),
      [open = ports_.open_provider](const std::string &s) { return open(s, Priority::Live); }, shard, std::move(observer), clock_));
}

// Candles are asked for again; trades and quotes are not, and that is said.
void LivePipeline::lost(const StreamLink &link) {
  ++losses_;
  if (link.connected() && (config_.stream->trades || config_.stream->quotes))
    log(LogLevel::Warn, "stream", config_.name + ": " + link.of().source + ": trades and quotes from " +
                                      format_time(clock_.now_ns() - link.silence()) +
                                      " until the next connection are not received; candles of that time are asked for");
}

void LivePipeline::control() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    try {
      tick();
    } catch (const std::exception &e) {
      log(LogLevel::Error, "stream", config_.name + ": unexpected: " + e.what());
    }
    lock.lock();
    changed_.wait_for(lock, ports_.look_after, [this] { return stopping_; });
  }
}

void LivePipeline::tick() {
  for (auto &s : supervisors_) s->tick();
  if (!config_.stream->candles) return;
  if (!ledger_read_ && clock_.now_ns() >= next_ledger_read_) read_ledger();
  for (auto &shard : shards_) {
    shard->close_due();
    if (ledger_read_) repairer_->add(*shard, shard->holes_due());
  }
}

// The first slot after the last one that is settled; without any, the one that is forming now.
Nanos LivePipeline::first_missing(Storage &storage, const Series &series) const {
  const CancelSource never;
  const CancelToken token(never, 10 * kSecond);
  const Nanos forming = series.interval.floor(started_);
  Nanos last = INT64_MIN;
  try {
    for (const auto &e : storage.coverage(series, "", {INT64_MIN, INT64_MAX}, token.raw()))
      if (settles(e.state)) last = std::max(last, e.range.to);
  } catch (const Error &e) {
    if (e.code() != TDK_NOT_FOUND) throw;
  }
  return last == INT64_MIN ? forming : std::min(last, forming);
}

void LivePipeline::read_ledger() try {
  const auto storage = ports_.open_storage(config_.storage.name);
  for (auto &shard : shards_)
    for (std::size_t i = 0; i < shard->series_count(); ++i) shard->start_series(i, first_missing(*storage, shard->series(i)));
  ledger_read_ = true;
} catch (const Error &e) {
  next_ledger_read_ = clock_.now_ns() + kSecond;
  if (!std::exchange(ledger_trouble_said_, true))
    log(LogLevel::Warn, "stream", config_.name + ": reading the ledger: " + std::string(e.what()) +
                                      "; tried again every second, holes are asked for when it succeeds");
}

bool LivePipeline::mended() const {
  if (!config_.stream->candles) return true;
  return ledger_read_ && repairer_->idle();
}

void LivePipeline::stop(Nanos timeout) {
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    changed_.notify_all();
  }
  const Nanos began = system_clock().monotonic_ns();
  if (control_.joinable()) control_.join();
  for (auto &s : supervisors_) s->stop();
  supervisors_.clear();
  repairer_->stop();
  const Nanos left = timeout - (system_clock().monotonic_ns() - began);
  delivery_->stop(std::max<Nanos>(left, kSecond / 2));
  ports_.hub->publish({config_.name, "", StreamState::Stopped, "the pipeline has stopped", {}, clock_.now_ns()});
  ports_.hub->close_pipeline(config_.name);
}

LivePipelineState LivePipeline::state() const {
  LivePipelineState out;
  out.name = config_.name;
  for (const auto &s : config_.sources) out.sources.push_back({s.name, breakers_.at(s.name)->snapshot(clock_.now_ns())});
  out.connections = shards_.size();
  for (const auto &shard : shards_) out.connected += shard->connected();
  out.delivery = delivery_->counts();
  out.candles = counts_.candles;
  out.ticks = counts_.ticks;
  out.duplicates = counts_.duplicates;
  out.stale = counts_.stale;
  out.late_ticks = counts_.late_ticks;
  out.unknown = counts_.unknown;
  out.repairs = counts_.repairs;
  out.repair_failures = counts_.repair_failures;
  out.losses = losses_;
  return out;
}

}  // namespace tapedeck
