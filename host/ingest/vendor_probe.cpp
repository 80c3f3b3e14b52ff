#include "ingest/vendor_probe.hpp"

#include <tapedeck/layer/core.hpp>

namespace tapedeck {
namespace {

[[noreturn]] void unusable(Nanos open_time, const std::string &why) {
  throw Error(TDK_BAD_DATA, "a candle opens at " + format_time(open_time) + ", which is " + why);
}

void check_rows(const CandleAsk &asked, const std::vector<std::int64_t> &open_times) {
  for (std::size_t i = 0; i < open_times.size(); ++i) {
    const Nanos t = open_times[i];
    if (t < asked.range.from || t >= asked.range.to)
      unusable(t, "not in the range asked for, " + format_time(asked.range.from) + " to " +
                      format_time(asked.range.to));
    if (!asked.series.interval.on_grid(t))
      unusable(t, "no multiple of " + asked.series.interval.name());
    if (i > 0 && t <= open_times[i - 1]) unusable(t, "not after the one before it");
  }
}

}  // namespace

VendorProbe::VendorProbe(Provider &provider, Nanos call_timeout, Clock &clock,
                         const CancelSource &cancel)
    : provider_(provider), call_timeout_(call_timeout), clock_(clock), cancel_(cancel) {}

void VendorProbe::ask(const CandleAsk &what, CandleColumns &out) {
  out.clear();
  const CancelToken token(cancel_, call_timeout_, clock_);
  provider_.fetch_candles(what, out, token.raw());
  check_rows(what, out.open_times());
}

std::optional<Nanos> VendorProbe::first_in(const Series &series, TimeRange range) {
  ask({series, range, 1, false}, answer_);
  return answer_.empty() ? std::nullopt : std::optional<Nanos>(answer_.open_times().front());
}

std::optional<Nanos> VendorProbe::last_in(const Series &series, TimeRange range) {
  ask({series, range, 1, true}, answer_);
  return answer_.empty() ? std::nullopt : std::optional<Nanos>(answer_.open_times().back());
}

std::optional<Nanos> VendorProbe::earliest(const Series &series) {
  if ((provider_.info().capabilities & TDK_CAP_EARLIEST) == 0) return std::nullopt;
  const CancelToken token(cancel_, call_timeout_, clock_);
  return provider_.earliest(series, token.raw());
}

}  // namespace tapedeck
