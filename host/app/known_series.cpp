#include "app/known_series.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>

#include "base/text.hpp"
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

std::optional<TimeRange> expected_range(Session &session, const KnownSeries &known, const tdk_cancel *cancel) {
  auto range = session.query().extent(known, cancel);
  for (const auto &p : session.config().pipelines) {
    if (!p.backfill || p.storage.name != known.storage) continue;
    const auto series = p.series();
    if (std::find(series.begin(), series.end(), known.series) == series.end()) continue;
    const auto wish = wish_of(*p.backfill, known.series.interval, session.clock().now_ns());
    if (wish) range = range ? TimeRange{std::min(range->from, wish->from), range->to} : *wish;
  }
  return range;
}

}  // namespace tapedeck
