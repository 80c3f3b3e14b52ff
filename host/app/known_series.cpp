#include "app/known_series.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <cstdio>

#include "app/terminal.hpp"
#include "base/text.hpp"
#include "ingest/plan.hpp"
#include "market/instrument.hpp"

namespace tapedeck {

std::vector<KnownSeries> chosen_series(Session &session, const std::string &symbol, const tdk_cancel *cancel) {
  std::vector<KnownSeries> out;
  std::vector<std::string> names;
  for (auto &k : session.query().list(cancel)) {
    names.push_back(k.series.symbol);
    if (symbol.empty() || may_mean(symbol, k.series.symbol)) out.push_back(std::move(k));
  }
  if (!out.empty() || symbol.empty()) return out;
  const std::string near = nearest_symbol(symbol, names);
  throw Error(TDK_INVALID_ARGUMENT, "unknown symbol '" + printable(symbol, 60) + "'" +
                                        (near.empty() ? "" : "; did you mean '" + near + "'?"));
}

namespace {

// A run that is under way is not behind: vendors' last words come this late.
constexpr Nanos kFresh = 5 * kMinute;

// What a pipeline wishes of its series. As the planner has it: a relative start is floored, an absolute one is not.
std::optional<TimeRange> wish_of(const BackfillConfig &backfill, Interval interval, Nanos now) {
  const auto since = parse_time(backfill.since, now);
  const auto until = backfill.until.empty() ? now : parse_time(backfill.until, now).value_or(now);
  if (!since) return std::nullopt;
  const bool relative = parse_duration(backfill.since).has_value();
  const TimeRange wish{relative ? interval.floor(*since) : interval.ceil(*since), interval.floor(std::min(until, now))};
  return wish.empty() ? std::nullopt : std::optional(wish);
}

}  // namespace

namespace {

// The wishes of the pipelines that keep the series.
std::vector<TimeRange> wishes_of(Session &session, const KnownSeries &known) {
  std::vector<TimeRange> out;
  for (const auto &p : session.config().pipelines) {
    if (!p.backfill || p.storage.name != known.storage) continue;
    const auto series = p.series();
    if (std::find(series.begin(), series.end(), known.series) == series.end()) continue;
    if (const auto wish = wish_of(*p.backfill, known.series.interval, session.clock().now_ns())) out.push_back(*wish);
  }
  return out;
}

}  // namespace

std::optional<TimeRange> expected_range(Session &session, const KnownSeries &known, const tdk_cancel *cancel) {
  auto range = session.query().extent(known, cancel);
  for (const auto &wish : wishes_of(session, known))
    range = range ? TimeRange{std::min(range->from, wish.from), range->to} : wish;
  return range;
}

void say_unasked_tail(Session &session, const KnownSeries &known, TimeRange range) {
  Nanos end = range.to;
  for (const auto &wish : wishes_of(session, known)) end = std::max(end, wish.to);
  const Interval interval = known.series.interval;
  const RangeSet tail = worth_asking(RangeSet(TimeRange{range.to, end}), known.calendar.get(), interval);
  const std::int64_t candles = count_slots(tail, interval);
  if (candles == 0 || session.clock().now_ns() - tail.ranges().front().from < kFresh + (interval.next(range.to) - range.to)) return;
  std::fprintf(stderr, "tapedeck: %s ends at %s: the %s candles since then were not asked for yet; backfill or run asks for them\n",
               known.series.name().c_str(), format_time(range.to).c_str(), with_commas(static_cast<std::uint64_t>(candles)).c_str());
}

}  // namespace tapedeck
