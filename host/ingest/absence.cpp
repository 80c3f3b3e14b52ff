#include "ingest/absence.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>

namespace tapedeck {
namespace {

// A vendor without the newest day may be late; one without the newest week has stopped.
constexpr Nanos kLateness = kDay;
constexpr Nanos kStopped = 7 * kDay;
constexpr Nanos kLateRetry = 5 * kMinute;

LedgerEntry entry(CoverageState state, TimeRange range, std::string reason) {
  LedgerEntry e;
  e.state = state;
  e.range = range;
  e.reason = std::move(reason);
  return e;
}

[[noreturn]] void contradiction(TimeRange absent, Nanos seen) {
  throw Error(TDK_BAD_DATA, "the vendor left out " + format_time(absent.from) + " to " +
                                format_time(absent.to) + ", but has a candle at " +
                                format_time(seen));
}

LedgerEntry late(TimeRange absent, const std::string &reason, Nanos now) {
  LedgerEntry e = entry(CoverageState::Failed, absent, reason + "; nothing newer yet");
  e.error = TDK_UNAVAILABLE;
  e.next_try = now + kLateRetry;
  return e;
}

}  // namespace

LedgerEntry AbsenceJudge::explain(const SeriesPlan &plan, TimeRange absent, Evidence &evidence) {
  if (auto known = evidence.explains(absent)) return *known;
  if (!evidence.knows_earlier_than(absent.from)) {
    const Nanos first = first_candle(plan, evidence);
    if (first >= absent.from && first < absent.to) contradiction(absent, first);
    if (auto known = evidence.explains(absent)) return *known;
  }
  const auto next = vendor_.first_in(plan.series, {absent.from, everything(plan).to});
  if (!next) return at_the_end(plan, absent, evidence);
  if (*next < absent.to) contradiction(absent, *next);
  const std::string reason = "the vendor's next candle opens at " + format_time(*next);
  evidence.learn(CoverageState::NoTrades, {absent.from, *next}, reason);
  return entry(CoverageState::NoTrades, absent, reason);
}

// Asks the long way round also where the vendor has a question for it: its word was taken before.
Nanos AbsenceJudge::first_candle(const SeriesPlan &plan, Evidence &evidence) {
  const auto first = vendor_.first_in(plan.series, everything(plan));
  if (!first)
    throw Error(TDK_BAD_DATA,
                "the vendor answered with no candle at all, neither here nor earlier nor later");
  evidence.learn_first(*first);
  return *first;
}

// The vendor says it has nothing after `absent` either: believed when its newest candle lies
// before.
LedgerEntry AbsenceJudge::at_the_end(const SeriesPlan &plan, TimeRange absent, Evidence &evidence) {
  const Nanos now = clock_.now_ns();
  const auto newest = vendor_.last_in(plan.series, everything(plan));
  if (!newest)
    throw Error(TDK_BAD_DATA, "the vendor answered with no candle at all, after it had shown some");
  if (*newest >= absent.from) contradiction(absent, *newest);
  if (evidence.knows_later_than(*newest))
    throw Error(TDK_BAD_DATA, "the vendor's newest candle opens at " + format_time(*newest) +
                                  ", but it had shown a newer one");
  const bool stopped = *newest < now - kStopped;
  const std::string reason = "the vendor's newest candle opens at " + format_time(*newest);
  if (!stopped && absent.to > now - kLateness) return late(absent, reason, now);
  evidence.learn(CoverageState::ProviderHasNone,
                 {plan.series.interval.next(*newest), stopped ? INT64_MAX : now - kLateness},
                 reason);
  return entry(CoverageState::ProviderHasNone, absent, reason);
}

// From before what is wanted, for series older than the epoch, to the candle that is forming now.
TimeRange AbsenceJudge::everything(const SeriesPlan &plan) {
  const Interval interval = plan.series.interval;
  return {std::min<Nanos>(interval.ceil(0), plan.wanted.from),
          std::max(interval.next(interval.floor(clock_.now_ns())), plan.wanted.to)};
}

}  // namespace tapedeck
