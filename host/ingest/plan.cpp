#include "ingest/plan.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>

#include "base/text.hpp"
#include "runtime/holes.hpp"

namespace tapedeck {
namespace {

Nanos time_or_throw(const std::string &text, Nanos now, const std::string &what) {
  if (const auto t = parse_time(text, now)) return *t;
  throw Error(TDK_INVALID_ARGUMENT, "reading " + what + " '" + printable(text, 60) +
                                        "': not a time; write 2024-01-01, 2024-01-01T10:00:00Z, "
                                        "epoch seconds, or 2y, 30d, 12h ago");
}

constexpr std::size_t kNamesShown = 12;

[[noreturn]] void nothing_matches(const std::string &what, const std::string &word,
                                  std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::string message =
      "no " + what + " '" + printable(word, 60) + "' in the pipelines with a backfill";
  if (const auto near = nearest(word, names); !near.empty())
    message += "; did you mean '" + near + "'?";
  else if (names.size() <= kNamesShown)
    message += "; there are: " + join(names, ", ");
  throw Error(TDK_INVALID_ARGUMENT, message);
}

// Of a vendor that takes any number: a page is held in memory.
constexpr std::uint64_t kSlotsAtMost = 65536;

// A series that nobody stored anything of has an empty ledger.
std::vector<LedgerEntry> ledger_of(const SeriesPlan &plan, Storage &storage,
                                   const tdk_cancel *cancel) {
  try {
    return storage.coverage(plan.series, "", plan.wanted, cancel);
  } catch (const Error &e) {
    if (e.code() != TDK_NOT_FOUND) throw;
    return {};
  }
}

// What one source settled need not be asked of another, except what it does not have.
bool settles_for(const LedgerEntry &e, const std::string &source) {
  return settles(e.state) && (e.state != CoverageState::ProviderHasNone || e.source == source);
}

// Names what the pipelines that pass the filter so far offer, so that a word that only another
// pipeline knows is refused as well.
void check_filter(const Config &config, const PlanFilter &filter) {
  std::vector<std::string> pipelines, symbols, intervals;
  const auto wanted = Interval::parse(filter.interval);
  bool symbol_found = filter.symbol.empty(), interval_found = filter.interval.empty();
  for (const auto &p : config.pipelines) {
    if (!p.backfill) continue;
    pipelines.push_back(p.name);
    if (!filter.pipeline.empty() && p.name != filter.pipeline) continue;
    bool here = filter.symbol.empty();
    for (const auto &s : p.symbols) {
      symbols.push_back(s.name);
      here = here || may_mean(filter.symbol, s.name);
    }
    symbol_found = symbol_found || here;
    for (const auto &i : p.intervals) {
      if (here) intervals.push_back(i.first.name());
      interval_found = interval_found || (here && wanted == i.first);
    }
  }
  if (pipelines.empty()) return;
  if (symbols.empty() && !filter.pipeline.empty())
    nothing_matches("pipeline", filter.pipeline, pipelines);
  if (!symbol_found) nothing_matches("symbol", filter.symbol, symbols);
  if (!interval_found) nothing_matches("interval", filter.interval, intervals);
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
                "nothing to do: no pipeline has a backfill for that; add 'backfill: { since: 30d "
                "}' to one");
  return out;
}

void Planner::add_pipeline(const PipelineConfig &pipeline, const PlanFilter &filter,
                           std::vector<SeriesPlan> &out) const {
  for (const Series &series : pipeline.series()) {
    if (!filter.symbol.empty() && !may_mean(filter.symbol, series.symbol)) continue;
    if (!filter.interval.empty() && Interval::parse(filter.interval) != series.interval) continue;
    SeriesPlan plan;
    plan.pipeline = pipeline.name;
    plan.series = series;
    for (const auto &source : pipeline.sources) plan.sources.push_back(source.name);
    plan.source = plan.sources.front();
    plan.storage = pipeline.storage.name;
    plan.parallel = pipeline.backfill->parallel;
    plan.calendar = pipeline.calendar;
    plan.wanted = wanted(pipeline, series.interval, filter);
    plan.slots_wanted = series.interval.count(plan.wanted);
    out.push_back(std::move(plan));
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
  RangeSet present, settled;
  plan.failed.clear();
  for (auto &e : ledger_of(plan, storage, cancel)) {
    if (e.state == CoverageState::Present) present.add(e.range);
    if (settles_for(e, plan.source)) settled.add(e.range);
    if (e.state == CoverageState::Failed && e.source == plan.source)
      plan.failed.push_back(std::move(e));
  }
  plan.closed = closed_slots(plan.calendar.get(), interval, plan.wanted);
  plan.closed.subtract(settled);
  plan.missing = RangeSet(plan.wanted);
  plan.missing.subtract(settled);
  plan.missing = worth_asking(std::move(plan.missing), plan.calendar.get(), interval);
  plan.slots_held = count_slots(present.within(plan.wanted), interval);
  plan.slots_missing = count_slots(plan.missing, interval);
  plan.slots_explained = plan.slots_wanted - plan.slots_held - plan.slots_missing;
  plan.start_unknown =
      !plan.missing.empty() &&
      (settled.empty() || plan.missing.ranges().front().from < settled.ranges().front().from);
  plan.chunks = split_chunks(plan.missing, closed_slots(plan.calendar.get(), interval, plan.wanted), interval,
                             info.candles_per_request);
}

std::int64_t count_slots(const RangeSet &set, Interval interval) {
  std::int64_t n = 0;
  for (const auto &r : set.ranges()) n += interval.count(r);
  return n;
}

std::uint32_t tries_so_far(const std::vector<LedgerEntry> &failed, TimeRange range) {
  auto it = std::partition_point(failed.begin(), failed.end(),
                                 [&](const LedgerEntry &e) { return e.range.to <= range.from; });
  std::uint32_t tries = 0;
  for (; it != failed.end() && it->range.from < range.to; ++it) tries = std::max(tries, it->tries);
  return tries;
}

std::vector<TimeRange> split_chunks(const RangeSet &ranges, const RangeSet &closed, Interval interval,
                                    std::uint64_t slots) {
  const auto n =
      static_cast<std::int64_t>(slots == 0 ? kSlotsAtMost : std::min(slots, kSlotsAtMost));
  RangeSet joined = ranges;  // over closed time
  const auto &parts = ranges.ranges();
  for (std::size_t i = 1; i < parts.size(); ++i)
    if (const TimeRange gap{parts[i - 1].to, parts[i].from}; closed.covers(gap)) joined.add(gap);
  std::vector<TimeRange> out;
  auto part = parts.begin();
  for (const auto &r : joined.ranges())
    for (Nanos t = r.from; t < r.to;) {
      while (part->to <= t) ++part;
      const Nanos from = std::max(t, part->from);  // no page begins in closed time, or ends in it
      t = std::min(interval.advance(from, n), r.to);
      auto last = part;
      while (std::next(last) != parts.end() && std::next(last)->from < t) ++last;
      out.push_back({from, std::min(t, last->to)});
    }
  return out;
}

}  // namespace tapedeck
