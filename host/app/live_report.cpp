#include "app/live_report.hpp"

#include "app/exposition.hpp"

namespace tapedeck {

void add_streams(SourceStatus &source, const std::vector<LivePipelineState> &pipelines) {
  for (const auto &p : pipelines)
    for (const auto &s : p.sources) {
      if (s.name != source.name) continue;
      const BreakerSnapshot &b = s.breaker;
      source.streams.push_back({p.name, std::string(breaker_state_name(b.state)), b.failures,
                                b.next_try == 0 ? std::nullopt : std::optional<Nanos>(b.next_try), b.last_error});
      if (b.state != BreakerState::Closed && source.health == SourceHealth::Ok) source.health = SourceHealth::Degraded;
    }
}

std::string live_metrics(const std::vector<LivePipelineState> &pipelines) {
  Exposition out;
  const auto each = [&](const char *name, const char *type, const char *help, auto value) {
    out.family(name, type, help);
    for (const auto &p : pipelines) out.sample(metric_label("pipeline", p.name), static_cast<double>(value(p)));
  };
  using State = LivePipelineState;
  each("tapedeck_stream_candles_total", "counter", "Candles received, forming ones too.", [](const State &p) { return p.candles; });
  each("tapedeck_stream_ticks_total", "counter", "Trades and quotes received.", [](const State &p) { return p.ticks; });
  each("tapedeck_stream_duplicates_total", "counter", "Received before, not passed on again.", [](const State &p) { return p.duplicates; });
  each("tapedeck_stream_stale_total", "counter", "Forming candles behind what was passed on.", [](const State &p) { return p.stale; });
  each("tapedeck_stream_late_ticks_total", "counter", "Ticks too late for their candle, which is asked for again.",
       [](const State &p) { return p.late_ticks; });
  each("tapedeck_stream_unknown_total", "counter", "Data of series that nobody asked for.", [](const State &p) { return p.unknown; });
  each("tapedeck_stream_unheard_total", "counter", "Data of a connection that does not count, or not yet.", [](const State &p) { return p.unheard; });
  each("tapedeck_stream_losses_total", "counter", "Connections that were lost.", [](const State &p) { return p.losses; });
  each("tapedeck_repairs_total", "counter", "Ranges of live series asked for again.", [](const State &p) { return p.repairs; });
  each("tapedeck_repair_failures_total", "counter", "Those without an answer.", [](const State &p) { return p.repair_failures; });
  out.family("tapedeck_breaker_state", "gauge", "0: closed, 1: half-open, 2: open.");
  for (const auto &p : pipelines)
    for (const auto &s : p.sources) {
      const double value = s.breaker.state == BreakerState::Open ? 2 : s.breaker.state == BreakerState::HalfOpen ? 1 : 0;
      out.sample(metric_label("pipeline", p.name) + "," + metric_label("source", s.name), value);
    }
  return out.take();
}

}  // namespace tapedeck
