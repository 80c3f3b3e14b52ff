#include "ingest/chunk_fetcher.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>

#include "ingest/classify.hpp"

namespace tapedeck {
namespace {

// A vendor without the newest day may be late; one without the newest week has stopped.
constexpr Nanos kLateness = kDay;
constexpr Nanos kStopped = 7 * kDay;

void add_entry(ChunkResult &out, CoverageState state, TimeRange range, std::string reason) {
  LedgerEntry e;
  e.state = state;
  e.range = range;
  e.reason = std::move(reason);
  out.ledger.push_back(std::move(e));
}

constexpr const char *kNothingNewer = "; nothing newer yet";

// Whether candles of `range` may still come although the newest one opens before it.
bool may_be_late(TimeRange range, Nanos newest, Nanos now) {
  return range.to > now - kLateness && newest >= now - kStopped;
}

// Says of the slots in `absent` that were taken for no trades what `as` says.
void explain_absence(ChunkResult &out, TimeRange absent, const LedgerEntry &as) {
  for (auto &e : out.ledger) {
    if (e.state != CoverageState::NoTrades || e.range.from < absent.from || e.range.to > absent.to) continue;
    const TimeRange range = e.range;
    e = as;
    e.range = range;
  }
}

[[noreturn]] void contradiction(TimeRange range, Nanos seen) {
  throw Error(TDK_BAD_DATA, "the vendor left out " + format_time(range.from) + " to " +
                                format_time(range.to) + ", but has a candle at " + format_time(seen));
}

}  // namespace

Failure failure_of(tdk_status code, const std::string &message, std::int64_t retry_after_ms, Nanos now,
                   Nanos longest_wait) {
  Failure f;
  f.code = code;
  f.reason = message;
  const Nanos wait = retry_after_ms > 0 ? retry_after_ms * 1'000'000 : 0;
  if (wait > 0) f.next_try = now + wait;
  switch (code) {
    case TDK_NOT_FOUND:
    case TDK_INVALID_ARGUMENT:
    case TDK_NOT_SUPPORTED: f.after = AfterFailure::SkipSeries; break;
    case TDK_UNAUTHENTICATED:
    case TDK_PERMISSION_DENIED:
    case TDK_INTERNAL:
    case TDK_INCOMPATIBLE:
    case TDK_OUT_OF_MEMORY: f.after = AfterFailure::StopSource; break;
    default: f.after = wait > longest_wait ? AfterFailure::StopSource : AfterFailure::AskAgain;
  }
  return f;
}

ChunkFetcher::ChunkFetcher(Provider &provider, FetchSettings settings, Clock &clock,
                           const CancelSource &cancel, std::uint64_t seed)
    : provider_(provider), settings_(settings), clock_(clock), cancel_(cancel), random_(seed | 1) {}

void ChunkFetcher::fetch(const SeriesPlan &plan, TimeRange range, Evidence &evidence, ChunkResult &out) {
  out.range = range;
  out.failure.reset();
  for (int attempt = 1;; ++attempt) {
    out.candles.clear();
    out.ledger.clear();
    Failure failure;
    try {
      fetch_once(plan, range, evidence, out);
      out.fetched_at = clock_.now_ns();
      return;
    } catch (const Error &e) {
      if (cancel_.cancelled()) throw Error(TDK_CANCELLED, "cancelled");
      failure = failure_of(e.code(), e.what(), e.retry_after_ms(), clock_.now_ns(), settings_.longest_wait);
    }
    failure.tries = static_cast<std::uint32_t>(attempt);
    if (!wait_before_retry(failure, attempt)) return record_failure(failure, range, out);
  }
}

// True after waiting: an unusable answer and a vendor that says "later" are worth another try here;
// what the HTTP client gave up on was tried often enough for now.
bool ChunkFetcher::wait_before_retry(const Failure &failure, int attempt) {
  const bool worth_it = failure.code == TDK_BAD_DATA || failure.code == TDK_RATE_LIMITED;
  if (!worth_it || failure.after != AfterFailure::AskAgain || attempt >= settings_.tries) return false;
  random_ = random_ * 6364136223846793005U + 1442695040888963407U;
  const Nanos step = settings_.backoff << (attempt - 1);
  Nanos wait = step / 2 + static_cast<Nanos>(random_ >> 33) % (step / 2 + 1);
  if (failure.next_try != TDK_NULL_I64) wait = std::max(wait, failure.next_try - clock_.now_ns());
  const CancelToken token(cancel_);
  if (clock_.sleep_ns(wait, token.raw()) != TDK_OK) throw Error(TDK_CANCELLED, "cancelled");
  return true;
}

void ChunkFetcher::record_failure(const Failure &failure, TimeRange range, ChunkResult &out) {
  out.candles.clear();
  out.ledger.clear();
  LedgerEntry e;
  e.state = CoverageState::Failed;
  e.range = range;
  e.error = failure.code;
  e.tries = failure.tries;
  e.next_try = failure.next_try;
  e.reason = failure.reason;
  out.ledger.push_back(std::move(e));
  out.failure = failure;
  out.fetched_at = clock_.now_ns();
}

void ChunkFetcher::fetch_once(const SeriesPlan &plan, TimeRange range, Evidence &evidence,
                              ChunkResult &out) {
  if (auto known = evidence.explains(range)) {
    out.ledger.push_back(std::move(*known));
    return;
  }
  CandleAsk what;
  what.series = plan.series;
  what.range = range;
  ask(what, out.candles);
  // What is still forming at the vendor is settled by a later run.
  if (const auto forming = out.candles.drop_forming()) range.to = *forming;
  if (range.empty()) return;
  if (out.candles.empty()) return explain_empty(plan, range, evidence, out);
  evidence.saw_candle(out.candles.open_times().front());
  const RangeSet closed = plan.calendar ? plan.calendar->closed(range) : RangeSet();
  out.ledger = classify_answer(range, plan.series.interval, out.candles.open_times(), closed);
  confirm_ends(plan, range, evidence, out);
}

// An empty answer alone proves nothing: a vendor in trouble sends the same. It is believed when the
// vendor's next candle lies beyond it.
void ChunkFetcher::explain_empty(const SeriesPlan &plan, TimeRange range, Evidence &evidence,
                                 ChunkResult &out) {
  const Nanos now = clock_.now_ns();
  const auto next = first_in(plan.series, {range.from, std::max(range.to, plan.series.interval.next(now))});
  if (next && *next < range.to) contradiction(range, *next);
  const bool has_earlier =
      evidence.knows_earlier_than(range.from) || last_before(plan.series, range.from).has_value();
  if (next) {
    const auto state = has_earlier ? CoverageState::NoTrades : CoverageState::ProviderHasNone;
    const std::string reason = (has_earlier ? "the vendor's next candle opens at "
                                            : "the vendor's first candle opens at ") +
                               format_time(*next);
    evidence.learn(state, {range.from, *next}, reason);
    return add_entry(out, state, range, reason);
  }
  const Nanos newest = newest_before(plan.series, range, now);
  const std::string reason = "the vendor's newest candle opens at " + format_time(newest);
  if (may_be_late(range, newest, now)) throw Error(TDK_UNAVAILABLE, reason + kNothingNewer, 300'000);
  evidence.learn(CoverageState::ProviderHasNone,
                 {range.from, newest < now - kStopped ? INT64_MAX : now - kLateness}, reason);
  add_entry(out, CoverageState::ProviderHasNone, range, reason);
}

void ChunkFetcher::confirm_ends(const SeriesPlan &plan, TimeRange range, Evidence &evidence,
                                ChunkResult &out) {
  const OpenEnds ends = suspicious_ends(range, plan.series.interval, out.candles.open_times());
  if (!ends.before.empty()) confirm_start(plan, ends.before, evidence, out);
  if (!ends.after.empty()) confirm_end(plan, ends.after, evidence, out);
}

void ChunkFetcher::confirm_start(const SeriesPlan &plan, TimeRange absent, Evidence &evidence,
                                 ChunkResult &out) {
  const auto previous = last_before(plan.series, absent.to);
  if (previous && *previous >= absent.from) contradiction(absent, *previous);
  if (previous || evidence.knows_earlier_than(absent.from)) return;
  LedgerEntry e;
  e.state = CoverageState::ProviderHasNone;
  e.reason = "the vendor's first candle opens at " + format_time(absent.to);
  explain_absence(out, absent, e);
}

void ChunkFetcher::confirm_end(const SeriesPlan &plan, TimeRange absent, Evidence &evidence,
                               ChunkResult &out) {
  const Nanos now = clock_.now_ns();
  const auto next =
      first_in(plan.series, {absent.from, std::max(absent.to, plan.series.interval.next(now))});
  if (next && *next < absent.to) contradiction(absent, *next);
  if (next)
    return evidence.learn(CoverageState::NoTrades, {absent.from, *next},
                          "the vendor's next candle opens at " + format_time(*next));
  const Nanos newest = newest_before(plan.series, absent, now);
  LedgerEntry e;
  e.state = CoverageState::ProviderHasNone;
  e.reason = "the vendor's newest candle opens at " + format_time(newest);
  if (may_be_late(absent, newest, now)) {
    e.state = CoverageState::Failed;
    e.error = TDK_UNAVAILABLE;
    e.tries = 1;
    e.next_try = now + 5 * kMinute;
    e.reason += kNothingNewer;
  }
  explain_absence(out, absent, e);
}

std::optional<Nanos> ChunkFetcher::first_in(const Series &series, TimeRange range) {
  CandleAsk what;
  what.series = series;
  what.range = range;
  what.limit = 1;
  ask(what, probe_);
  return probe_.empty() ? std::nullopt : std::optional<Nanos>(probe_.open_times().front());
}

std::optional<Nanos> ChunkFetcher::last_before(const Series &series, Nanos time) {
  CandleAsk what;
  what.series = series;
  what.range = {0, time};
  what.limit = 1;
  what.newest = true;
  ask(what, probe_);
  return probe_.empty() ? std::nullopt : std::optional<Nanos>(probe_.open_times().back());
}

// That nothing newer exists is believed only with the vendor's newest candle of all in hand: two empty
// answers in a row are one vendor in trouble, and would explain away all that follows.
Nanos ChunkFetcher::newest_before(const Series &series, TimeRange absent, Nanos now) {
  const auto newest = last_before(series, std::max(absent.to, series.interval.next(now)));
  if (!newest)
    throw Error(TDK_BAD_DATA, "the vendor answered with no candle at all, neither here nor earlier nor later");
  if (*newest >= absent.from) contradiction(absent, *newest);
  return *newest;
}

void ChunkFetcher::ask(const CandleAsk &what, CandleColumns &out) {
  out.clear();
  const CancelToken token(cancel_, settings_.call_timeout, clock_);
  provider_.fetch_candles(what, out, token.raw());
}

}  // namespace tapedeck
