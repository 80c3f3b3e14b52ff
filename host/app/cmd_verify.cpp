#include <cstdio>

#include "api/coverage_totals.hpp"
#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/known_series.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"
#include "query/row_check.hpp"

namespace tapedeck {
namespace {

// One series against calendar, ledger and rows.
struct Verdict {
  KnownSeries known;
  TimeRange range;
  std::vector<LedgerEntry> ledger;
  std::vector<Hole> holes;
  RowFaults faults;
  bool complete() const noexcept { return holes.empty() && faults.none(); }
};

Verdict verify(Session &session, const KnownSeries &known, TimeRange range, const tdk_cancel *cancel) {
  const QueryService &query = session.query();
  Verdict v{known, range, query.coverage(known, range, cancel), {}, {}};
  v.holes = find_holes(v.ledger, range, known.series.interval, known.calendar.get());
  RowCheck check(known.series.interval);
  CandleQuery all;
  all.known = known;
  all.range = range;
  const auto on_rows = [&](const tdk_candle_batch &rows) {
    check.add(rows);
    return true;
  };
  query.candles(all, on_rows, cancel);
  v.faults = check.faults(v.ledger, range);
  return v;
}

std::int64_t candles_in(const Verdict &v, std::string_view state) {
  for (const auto &total : api::coverage_totals(v.ledger, v.range, v.known.series.interval, v.known.calendar.get()))
    if (total.state == state) return total.candles;
  return 0;
}

// Those that nothing is expected in, and nothing came for.
std::int64_t optional_in(const Verdict &v) {
  std::int64_t n = v.known.series.interval.count(v.range);
  for (const auto &total : api::coverage_totals(v.ledger, v.range, v.known.series.interval, v.known.calendar.get())) n -= total.candles;
  return n;
}

std::vector<std::string> row_of(const Verdict &v) {
  const auto number = [](std::int64_t n) { return with_commas(static_cast<std::uint64_t>(n)); };
  const Interval interval = v.known.series.interval;
  return {v.known.series.name(),
          format_time(v.range.from),
          format_time(v.range.to),
          number(interval.count(v.range)),
          with_commas(v.faults.rows),
          number(candles_in(v, "no_trades")),
          number(candles_in(v, "closed")),
          number(candles_in(v, "provider_has_none")),
          number(optional_in(v)),
          number(count_slots(v.holes, interval)),
          v.complete() ? "complete" : "NOT COMPLETE"};
}

void say(const Verdict &v, TimeRange range, const std::string &what) {
  const std::int64_t n = v.known.series.interval.count(range);
  std::printf("%s: %s to %s, %s %s: %s\n", v.known.series.name().c_str(), format_time(range.from).c_str(),
              format_time(range.to).c_str(), with_commas(static_cast<std::uint64_t>(n)).c_str(),
              n == 1 ? "candle" : "candles", what.c_str());
}

void say_faults(const Verdict &v) {
  for (const auto &h : v.holes) say(v, h.range, h.asked ? "failed: " + printable(h.reason, 300) : "never asked for");
  for (const auto &r : v.faults.lost) say(v, r, "the ledger says present, and the store has no row");
  for (const auto &r : v.faults.unsaid) say(v, r, "in the store, and the ledger does not say so");
  const auto count = [&](std::uint64_t n, const char *what) {
    if (n > 0) std::printf("%s: %s rows %s\n", v.known.series.name().c_str(), with_commas(n).c_str(), what);
  };
  count(v.faults.off_grid, "open between two candles");
  count(v.faults.impossible, "have a high or a low that their open and close contradict");
}

}  // namespace

int cmd_verify(const std::string &file, const std::string &symbol) {
  Session session({file});
  SignalGuard guard(session.cancel());
  const CancelToken token(session.cancel());
  std::vector<std::vector<std::string>> table = {{"series", "from", "to", "candles", "rows", "no trades", "closed",
                                                  "provider has none", "optional", "holes", "verdict"}};
  std::vector<Verdict> faulty;
  for (const auto &known : chosen_series(session, symbol, token.raw())) {
    const auto range = expected_range(session, known, token.raw());
    if (!range || range->empty()) {
      table.push_back({known.series.name(), "", "", "0", "0", "0", "0", "0", "0", "nothing expected yet"});
      continue;
    }
    Verdict v = verify(session, known, *range, token.raw());
    table.push_back(row_of(v));
    say_unasked_tail(session, known, *range);
    if (!v.complete()) faulty.push_back(std::move(v));
  }
  std::fputs(format_table(table).c_str(), stdout);
  for (const auto &v : faulty) say_faults(v);
  return faulty.empty() ? kExitOk : kExitHoles;
}

}  // namespace tapedeck
