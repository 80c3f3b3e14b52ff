#include <cstdio>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/known_series.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"

namespace tapedeck {
namespace {

constexpr TimeRange kAllTime{INT64_MIN / 2, INT64_MAX / 2};

std::string slots(const Series &series, TimeRange range) {
  return with_commas(static_cast<std::uint64_t>(series.interval.count(range)));
}

}  // namespace

int cmd_coverage(const std::string &file, const std::string &symbol) {
  Session session({file});
  SignalGuard guard(session.cancel());
  const CancelToken token(session.cancel());
  std::vector<std::vector<std::string>> table = {{"series", "source", "state", "from", "to", "candles", "reason"}};
  for (const auto &known : chosen_series(session, symbol, token.raw()))
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
  for (const auto &known : chosen_series(session, symbol, token.raw())) {
    const auto range = expected_range(session, known, token.raw());
    if (!range) continue;
    say_unasked_tail(session, known, *range);
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
