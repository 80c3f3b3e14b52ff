#include "live/live_engine.hpp"

#include <tapedeck/layer/core.hpp>

#include <thread>
#include <utility>

namespace tapedeck {
namespace {

constexpr Nanos kStopOne = 3 * kSecond;

void add(std::string &out, std::string_view what) { (out += what) += '\0'; }

void add_plugin(std::string &out, const Config &config, const std::string &name) {
  add(out, name);
  const PluginConfig *plugin = config.plugin(name);
  if (plugin == nullptr) return;
  add(out, plugin->module);
  for (const auto &[key, option] : plugin->options) {
    add(out, key);
    add(out, option.value);
  }
}

void add_stream(std::string &out, const PipelineConfig &p) {
  if (!p.stream) return;
  const StreamConfig &s = *p.stream;
  for (const bool flag : {s.candles, s.trades, s.quotes, s.store_ticks}) add(out, flag ? "1" : "0");
  for (const std::int64_t n : {static_cast<std::int64_t>(s.candles_from), s.stale_after, s.late}) add(out, std::to_string(n));
  add(out, std::to_string(p.queue.rows) + (p.queue.spool ? "s" : "b") + std::to_string(p.queue.spool_mb));
  add(out, p.queue.spool_dir);
}

// Everything that is written of a pipeline and of the plugins it names; equal when nothing changed.
std::string fingerprint(const Config &config, const PipelineConfig &p) {
  std::string out;
  for (const auto &s : p.symbols) add(out, s.name);
  add(out, "/");
  for (const auto &[interval, at] : p.intervals) add(out, interval.name());
  for (const std::uint32_t price : p.prices) add(out, price_type_name(price));
  add(out, p.calendar ? p.calendar->name() : "");
  for (const auto &s : p.sources) add_plugin(out, config, s.name);
  add_plugin(out, config, p.storage.name);
  for (const auto &sink : p.publish) add(out, sink.name);
  add(out, "/");
  if (p.backfill) add(out, p.backfill->since + "/" + p.backfill->until + "/" + std::to_string(p.backfill->parallel));
  add_stream(out, p);
  return out;
}

}  // namespace

void LiveEngine::Running::stop(Nanos timeout) {
  if (history) history->cancel();
  if (live) live->stop(timeout);
  if (history) history->stop();
}

std::unique_ptr<LiveEngine::Running> LiveEngine::start(const PipelineConfig &pipeline, const LivePorts &ports) {
  auto out = std::make_unique<Running>();
  out->fingerprint = fingerprint(*ports.config, pipeline);
  if (pipeline.stream) out->live = std::make_unique<LivePipeline>(pipeline, ports);
  const bool keeps_candles = pipeline.stream && pipeline.stream->candles;
  const LivePipeline *live = keeps_candles ? out->live.get() : nullptr;
  if (pipeline.backfill)
    out->history = std::make_unique<HistoryRunner>(
        pipeline, ports,
        live == nullptr ? HistoryRunner::KeptFrom() : [live](const Series &series) { return live->keeps_from(series); },
        [live] { return live == nullptr || live->mended(); });
  return out;
}

LiveChange LiveEngine::apply(const LivePorts &ports) {
  LiveChange change;
  RunningByName old;
  {
    std::lock_guard lock(mutex_);
    for (auto it = running_.begin(); it != running_.end();) {
      const PipelineConfig *wanted = ports.config->pipeline(it->first);
      if (wanted != nullptr && fingerprint(*ports.config, *wanted) == it->second->fingerprint) {
        change.kept.push_back(it->first);
        ++it;
      } else {
        old.insert(running_.extract(it++));
      }
    }
  }
  stop_all(old, kStopOne);
  for (const auto &[name, running] : old) {
    const PipelineConfig *wanted = ports.config->pipeline(name);
    if (wanted == nullptr || (!wanted->stream && !wanted->backfill)) change.stopped.push_back(name);
  }
  for (const auto &pipeline : ports.config->pipelines) {
    if (!pipeline.stream && !pipeline.backfill) continue;
    {
      std::lock_guard lock(mutex_);
      if (running_.count(pipeline.name) != 0) continue;
    }
    try {
      auto running = start(pipeline, ports);
      (old.count(pipeline.name) != 0 ? change.restarted : change.started).push_back(pipeline.name);
      std::lock_guard lock(mutex_);
      running_[pipeline.name] = std::move(running);
    } catch (const std::exception &e) {
      change.failed.push_back(pipeline.name + ": " + e.what());
    }
  }
  return change;
}

void LiveEngine::stop(Nanos timeout) {
  RunningByName all;
  {
    std::lock_guard lock(mutex_);
    all.swap(running_);
  }
  stop_all(all, timeout);
}

void LiveEngine::stop_all(const RunningByName &running, Nanos timeout) {
  std::vector<std::thread> stopping;
  for (const auto &[name, r] : running) stopping.emplace_back([&r = *r, timeout] { r.stop(timeout); });
  for (auto &t : stopping) t.join();
}

std::vector<LivePipelineState> LiveEngine::states() const {
  std::lock_guard lock(mutex_);
  std::vector<LivePipelineState> out;
  for (const auto &[name, running] : running_)
    if (running->live) out.push_back(running->live->state());
  return out;
}

}  // namespace tapedeck
