#include "ingest/plan.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>

#include "base/text.hpp"
#include "runtime/holes.hpp"

namespace tapedeck {
namespace {

Nanos time_or_throw(const std::string &text, Nanos now, const std::string &what) {
  if (const auto t = parse_time(text, now)) return *t;
  throw Error(TDK_INVALID_ARGUMENT,
              "reading " + what + " '" + printable(text, 60) +
                  "': not a time; write 2024-01-01, 2024-01-01T10:00:00Z, epoch seconds, or 2y, 30d, 12h ago");
}

[[noreturn]] void nothing_matches(const std::string &what, const std::string &word,
                                  const std::vector<std::string> &names) {
  std::string message = "no " + what + " '" + printable(word, 60) + "' in the pipelines with a backfill";
  if (const auto near = nearest(word, names); !near.empty())
    message += "; did you mean '" + near + "'?";
  else if (!names.empty())
    message += "; there are: " + join(names, ", ");
  throw Error(TDK_INVALID_ARGUMENT, message);
}

std::int64_t count_slots(const RangeSet &set, Interval interval) {
  std::int64_t n = 0;
  for (const auto &r : set.ranges()) n += interval.count(r);
  return n;
}

void check_filter(const Config &config, const PlanFilter &filter) {
  std::vector<std::string> pipelines, symbols, intervals;
  for (const auto &p : config.pipelines) {
    if (!p.backfill) continue;
    pipelines.push_back(p.name);
    for (const auto &s : p.symbols) symbols.push_back(s.name);
    for (const auto &i : p.intervals) intervals.push_back(i.first.name());
  }
  const auto has = [](const std::vector<std::string> &names, auto same) {
    return std::any_of(names.begin(), names.end(), same);
  };
  if (!filter.pipeline.empty() && !has(pipelines, [&](const auto &n) { return n == filter.pipeline; }))
    nothing_matches("pipeline", filter.pipeline, pipelines);
  if (!filter.symbol.empty() && !has(symbols, [&](const auto &n) { return same_symbol(n, filter.symbol); }))
    nothing_matches("symbol", filter.symbol, symbols);
  if (filter.interval.empty()) return;
  const auto wanted = Interval::parse(filter.interval);
  if (!wanted || !has(intervals, [&](const auto &n) { return n == wanted->name(); }))
    nothing_matches("interval", filter.interval, intervals);
}

}  // namespace

std::vector<SeriesPlan> Planner::wishes(const PlanFilter &filter) const {
  check_filter(config_, filter);
  std::vector<SeriesPlan> out;
  for (const auto &p : config_.pipelines)
    if (p.backfill && (filter.pipeline.empty() || p.name == filter.pipeline))
      add_pipeline(p, filter, out);
  if (out.empty())
    throw Error(TDK_INVALID_ARGUMENT,
                "nothing to do: no pipeline has a backfill for that; add 'backfill: { since: 30d }' to one");
  return out;
}

void Planner::add_pipeline(const PipelineConfig &pipeline, const PlanFilter &filter,
                           std::vector<SeriesPlan> &out) const {
  for (const auto &symbol : pipeline.symbols) {
    if (!filter.symbol.empty() && !same_symbol(symbol.name, filter.symbol)) continue;
    for (const auto &[interval, at] : pipeline.intervals) {
      if (!filter.interval.empty() && Interval::parse(filter.interval) != interval) continue;
      SeriesPlan plan;
      plan.pipeline = pipeline.name;
      plan.series.symbol = symbol.name;
      plan.series.interval = interval;
      plan.source = pipeline.sources.front().name;
      plan.storage = pipeline.storage.name;
      plan.parallel = pipeline.backfill->parallel;
      plan.calendar = pipeline.calendar;
      plan.wanted = wanted(pipeline, interval, filter);
      plan.slots_wanted = interval.count(plan.wanted);
      out.push_back(std::move(plan));
    }
  }
}

TimeRange Planner::wanted(const PipelineConfig &pipeline, Interval interval,
                          const PlanFilter &filter) const {
  const std::string &from = filter.from.empty() ? pipeline.backfill->since : filter.from;
  const std::string &to = filter.to.empty() ? pipeline.backfill->until : filter.to;
  TimeRange r;
  // Both ends are floored alike, so that "2y" of 1m is as many candles as two years have minutes.
  const Nanos start = time_or_throw(from, now_, "the start");
  const bool relative = parse_duration(from).has_value();
  r.from = relative ? interval.floor(start) : interval.ceil(start);
  r.to = to.empty() ? now_ : std::min(time_or_throw(to, now_, "the end"), now_);
  if (r.from >= r.to && !to.empty())
    throw Error(TDK_INVALID_ARGUMENT, "the range from " + format_time(start) + " to " + to +
                                          " is empty; give an end after the start");
  if (start >= now_)
    throw Error(TDK_INVALID_ARGUMENT, "the start " + format_time(start) + " lies in the future");
  r.to = interval.floor(r.to);  // the candle that contains `to` is not closed before it
  return r;
}

void Planner::subtract_ledger(SeriesPlan &plan, Storage &storage, const ProviderInfo &info,
                              const tdk_cancel *cancel) {
  const Interval interval = plan.series.interval;
  if (plan.wanted.empty()) return;
  const auto ledger = storage.coverage(plan.series, "", plan.wanted, cancel);
  RangeSet present, settled;
  for (const auto &e : ledger) {
    if (e.state == CoverageState::Present) present.add(e.range);
    if (settles(e.state)) settled.add(e.range);
  }
  if (plan.calendar) {
    plan.closed = plan.calendar->closed(plan.wanted);
    plan.closed.subtract(settled);
  }
  plan.missing = RangeSet(plan.wanted);
  plan.missing.subtract(settled);
  plan.missing.subtract(plan.closed);
  plan.slots_held = count_slots(present.within(plan.wanted), interval);
  plan.slots_missing = count_slots(plan.missing, interval);
  plan.slots_explained = plan.slots_wanted - plan.slots_held - plan.slots_missing;
  plan.start_unknown = !plan.missing.empty() &&
                       (settled.empty() || plan.missing.ranges().front().from < settled.ranges().front().from);
  plan.chunks = split_chunks(plan.missing, interval, info.candles_per_request);
}

std::vector<TimeRange> split_chunks(const RangeSet &ranges, Interval interval, std::uint64_t slots) {
  const auto n = static_cast<std::int64_t>(slots == 0 ? 65536 : slots);
  std::vector<TimeRange> out;
  for (const auto &r : ranges.ranges())
    for (Nanos t = r.from; t < r.to;) {
      const Nanos end = std::min(interval.advance(t, n), r.to);
      out.push_back({t, end});
      t = end;
    }
  return out;
}

}  // namespace tapedeck
