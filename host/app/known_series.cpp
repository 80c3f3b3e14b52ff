#include "app/known_series.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>

#include "base/text.hpp"

namespace tapedeck {

std::vector<KnownSeries> chosen_series(Session &session, const std::string &symbol, const tdk_cancel *cancel) {
  std::vector<KnownSeries> out;
  std::vector<std::string> names;
  for (auto &k : session.query().list(cancel)) {
    names.push_back(k.series.symbol);
    if (symbol.empty() || same_symbol(k.series.symbol, symbol)) out.push_back(std::move(k));
  }
  if (!out.empty() || symbol.empty()) return out;
  const std::string near = nearest_symbol(symbol, names);
  throw Error(TDK_INVALID_ARGUMENT, "unknown symbol '" + printable(symbol, 60) + "'" +
                                        (near.empty() ? "" : "; did you mean '" + near + "'?"));
}

std::optional<TimeRange> expected_range(Session &session, const KnownSeries &known, const tdk_cancel *cancel) {
  auto range = session.query().extent(known, cancel);
  for (const auto &p : session.config().pipelines) {
    if (!p.backfill || p.storage.name != known.storage) continue;
    for (const auto &s : p.symbols)
      for (const auto &[interval, at] : p.intervals)
        if (s.name == known.series.symbol && interval == known.series.interval) {
          const Nanos now = session.clock().now_ns();
          const auto since = parse_time(p.backfill->since, now);
          const auto until = p.backfill->until.empty() ? now : parse_time(p.backfill->until, now).value_or(now);
          if (!since) continue;
          // As the planner: a relative start is floored, an absolute one is not.
          const bool relative = parse_duration(p.backfill->since).has_value();
          const TimeRange wish{relative ? interval.floor(*since) : interval.ceil(*since), interval.floor(std::min(until, now))};
          if (wish.empty()) continue;
          range = range ? TimeRange{std::min(range->from, wish.from), range->to} : wish;
        }
  }
  return range;
}

}  // namespace tapedeck
