#include <tapedeck/layer/core.hpp>

#include <cstdio>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/session.hpp"
#include "base/text.hpp"
#include "query/candle_text.hpp"

namespace tapedeck {
namespace {

CandleFormat format_of(const std::string &name) {
  return name == "json" ? CandleFormat::Json : name == "ndjson" ? CandleFormat::Ndjson : CandleFormat::Csv;
}

Nanos time_or(const std::string &text, Nanos otherwise, Nanos now) {
  if (text.empty()) return otherwise;
  if (const auto t = parse_time(text, now)) return *t;
  throw Error(TDK_INVALID_ARGUMENT,
              "'" + printable(text, 60) + "' is no time; write 2024-01-01, 2024-01-01T10:00:00Z, epoch seconds, or 30d ago");
}

void write_out(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size())
    throw Error(TDK_IO, "writing to standard output failed; is the disk full, or did the reader leave?");
}

void print_candles(Session &session, const CandleQuery &query, CandleFormat format) {
  CandleText text(format);
  const CancelToken token(session.cancel());
  if (format == CandleFormat::Csv) write_out(csv_header());
  if (format == CandleFormat::Json) write_out("[");
  session.query().candles(
      query,
      [&](const tdk_candle_batch &b) {
        write_out(text.render(b));
        return true;
      },
      token.raw());
  if (format == CandleFormat::Json) write_out("]\n");
  if (std::fflush(stdout) != 0) throw Error(TDK_IO, "writing to standard output failed");
}

// A reader must not take a hole for silence: it is said beside the data.
void warn_of_holes(Session &session, const CandleQuery &query) {
  const CancelToken token(session.cancel());
  auto range = query.range;
  const auto extent = session.query().extent(query.known, token.raw());
  if (!extent) return;
  range = {std::max(range.from, extent->from), std::min(range.to, extent->to)};
  const auto holes = session.query().holes(query.known, range, token.raw());
  if (!holes.empty())
    std::fprintf(stderr, "tapedeck: %zu holes in this range, the first from %s to %s: %s; all of them: tapedeck gaps\n",
                 holes.size(), format_time(holes[0].range.from).c_str(), format_time(holes[0].range.to).c_str(),
                 printable(holes[0].reason, 200).c_str());
}

}  // namespace

int cmd_query(const std::string &file, const SeriesOptions &what, const std::string &format) {
  Session session({file});
  SignalGuard guard(session.cancel());
  const Nanos now = session.clock().now_ns();
  CandleQuery query;
  try {
    const CancelToken token(session.cancel());
    query.known = session.query().find(what.symbol, what.interval, what.price, token.raw());
  } catch (const Error &e) {
    if (e.code() != TDK_NOT_FOUND) throw;
    std::fprintf(stderr, "tapedeck: %s\n", e.what());
    return kExitUnknownSeries;
  }
  query.range = {time_or(what.from, INT64_MIN / 2, now), time_or(what.to, INT64_MAX / 2, now)};
  if (query.range.empty())
    throw Error(TDK_INVALID_ARGUMENT, "the range is empty: --from is not before --to");
  print_candles(session, query, format_of(format));
  warn_of_holes(session, query);
  return kExitOk;
}

}  // namespace tapedeck
