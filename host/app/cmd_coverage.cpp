#include <tapedeck/layer/core.hpp>

#include <cstdio>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/session.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"

namespace tapedeck {
namespace {

constexpr TimeRange kAllTime{INT64_MIN / 2, INT64_MAX / 2};

std::vector<KnownSeries> chosen(Session &session, const std::string &symbol, const tdk_cancel *cancel) {
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

std::string slots(const Series &series, TimeRange range) {
  return with_commas(static_cast<std::uint64_t>(series.interval.count(range)));
}

// The range in which holes are looked for: from what should be there first to the last thing known.
// What came since is not asked for yet, which is no hole but the next run's work.
std::optional<TimeRange> expected(Session &session, const KnownSeries &known, const tdk_cancel *cancel) {
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
          const TimeRange wish{interval.floor(*since), interval.floor(std::min(until, now))};
          range = range ? TimeRange{std::min(range->from, wish.from), range->to} : wish;
        }
  }
  return range;
}

}  // namespace

int cmd_coverage(const std::string &file, const std::string &symbol) {
  Session session({file});
  SignalGuard guard(session.cancel());
  const CancelToken token(session.cancel());
  std::vector<std::vector<std::string>> table = {{"series", "source", "state", "from", "to", "candles", "reason"}};
  for (const auto &known : chosen(session, symbol, token.raw()))
    for (const auto &e : session.query().coverage(known, kAllTime, token.raw()))
      table.push_back({known.series.name(), e.source, std::string(coverage_state_name(e.state)),
                       format_time(e.range.from), format_time(e.range.to), slots(known.series, e.range),
                       printable(e.reason, 300)});
  std::fputs(format_table(table).c_str(), stdout);
  return kExitOk;
}

int cmd_gaps(const std::string &file, const std::string &symbol) {
  Session session({file});
  SignalGuard guard(session.cancel());
  const CancelToken token(session.cancel());
  std::vector<std::vector<std::string>> table = {{"series", "from", "to", "candles", "state", "tries", "next try", "reason"}};
  for (const auto &known : chosen(session, symbol, token.raw())) {
    const auto range = expected(session, known, token.raw());
    if (!range) continue;
    for (const auto &h : session.query().holes(known, *range, token.raw()))
      table.push_back({known.series.name(), format_time(h.range.from), format_time(h.range.to),
                       slots(known.series, h.range), h.asked ? "failed" : "never asked",
                       h.asked ? std::to_string(h.tries) : "",
                       h.next_try == TDK_NULL_I64 ? "" : format_time(h.next_try),
                       h.asked ? printable(h.reason, 300) : ""});
  }
  if (table.size() == 1)
    std::puts("no holes");
  else
    std::fputs(format_table(table).c_str(), stdout);
  return kExitOk;
}

}  // namespace tapedeck
