#include "ingest/chunk_fetcher.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <new>

#include "ingest/classify.hpp"
#include "ingest/closed_rows.hpp"
#include "ingest/silent_sessions.hpp"
#include "observe/log.hpp"

namespace tapedeck {
namespace {

// A vendor's clock may lag; a candle that closed a day ago and is "still forming" would be asked
// for and left out for ever, without anybody being told.
constexpr Nanos kFormingAtMost = kDay;

bool absent_within(const LedgerEntry &e, TimeRange range) {
  return e.state == CoverageState::NoTrades && e.range.from >= range.from && e.range.to <= range.to;
}

LedgerEntry failed_entry(const Failure &failure, TimeRange range) {
  LedgerEntry e;
  e.state = CoverageState::Failed;
  e.range = range;
  e.error = failure.code;
  e.next_try = failure.next_try;
  e.reason = failure.reason;
  return e;
}

void record_failure(const Failure &failure, ChunkResult &out) {
  out.start(Chunk(out.chunk));
  out.ledger.push_back(failed_entry(failure, out.chunk.range));
  out.failure = failure;
}

// The ledger says how often was asked in all, not how often this time.
void count_tries(ChunkResult &out, int attempts) {
  if (!out.failure) return;
  out.failure->tries = out.chunk.tries + static_cast<std::uint32_t>(attempts);
  for (auto &e : out.ledger)
    if (e.state == CoverageState::Failed) e.tries = out.failure->tries;
}

}  // namespace

ChunkFetcher::ChunkFetcher(Provider &provider, FetchSettings settings, Clock &clock,
                           const CancelSource &cancel, std::uint64_t seed)
    : vendor_(provider, settings.call_timeout, clock, cancel),
      judge_(vendor_, clock),
      settings_(settings),
      clock_(clock),
      cancel_(cancel),
      random_(seed | 1) {}

void ChunkFetcher::fetch(const SeriesPlan &plan, Evidence &evidence, ChunkResult &out) {
  if (out.chunk.not_before != TDK_NULL_I64) wait(out.chunk.not_before - clock_.now_ns());
  for (int attempt = 1;; ++attempt) {
    const auto failure = try_once(plan, evidence, out);
    if (failure && wait_before_retry(*failure, attempt)) continue;
    if (failure) record_failure(*failure, out);
    count_tries(out, attempt);
    out.fetched_at = clock_.now_ns();
    return;
  }
}

std::optional<Failure> ChunkFetcher::try_once(const SeriesPlan &plan, Evidence &evidence,
                                              ChunkResult &out) {
  out.start(Chunk(out.chunk));
  const auto failure = [&](tdk_status code, const std::string &what,
                           std::int64_t retry_after_ms = 0) {
    if (cancel_.cancelled()) throw Error(TDK_CANCELLED, "cancelled");
    return failure_of(code, what, retry_after_ms, clock_.now_ns(), settings_.longest_wait);
  };
  try {
    fetch_page(plan, evidence, out);
    return std::nullopt;
  } catch (const Error &e) {
    return failure(e.code(), e.what(), e.retry_after_ms());
  } catch (const std::bad_alloc &) {
    return failure(TDK_OUT_OF_MEMORY, "out of memory");
  } catch (const std::exception &e) {
    return failure(TDK_INTERNAL, std::string("unexpected exception: ") + e.what());
  }
}

// True after waiting: an unusable answer and a vendor that says "later" are worth another try here;
// what the HTTP client gave up on was tried often enough for now.
bool ChunkFetcher::wait_before_retry(const Failure &failure, int attempt) {
  const bool worth_it = failure.code == TDK_BAD_DATA || failure.code == TDK_RATE_LIMITED;
  if (!worth_it || failure.after != AfterFailure::AskAgain || attempt >= settings_.tries)
    return false;
  random_ = random_ * 6364136223846793005U + 1442695040888963407U;
  const Nanos step = settings_.backoff << (attempt - 1);
  Nanos pause = step / 2 + static_cast<Nanos>(random_ >> 33) % (step / 2 + 1);
  if (failure.next_try != TDK_NULL_I64) pause = std::max(pause, failure.next_try - clock_.now_ns());
  wait(pause);
  return true;
}

void ChunkFetcher::wait(Nanos time) {
  if (time <= 0) return;
  const CancelToken token(cancel_);
  if (clock_.sleep_ns(time, token.raw()) != TDK_OK) throw Error(TDK_CANCELLED, "cancelled");
}

void ChunkFetcher::fetch_page(const SeriesPlan &plan, Evidence &evidence, ChunkResult &out) {
  TimeRange range = out.chunk.range;
  if (auto known = evidence.explains(range)) {
    out.ledger.push_back(std::move(*known));
    return;
  }
  vendor_.ask({plan.series, range, 0, false}, out.candles);
  drop_forming(plan, out);
  if (out.forming) range.to = *out.forming;
  if (range.empty()) return;
  drop_closed(plan, range, out);
  const auto &rows = out.candles.open_times();
  if (!rows.empty()) evidence.saw(rows.front(), rows.back());
  const Interval interval = plan.series.interval;
  out.ledger =
      classify_answer(range, interval, rows, unexpected_slots(plan.calendar.get(), interval, range));
  const OpenEnds ends = open_ends(range, interval, rows);
  explain_end(plan, ends.before, evidence, out);
  // A forming candle is a candle: no cut answer ends with it.
  if (!out.forming) explain_end(plan, ends.after, evidence, out);
  confirm_silence(plan, out);
}

// A session of which nothing came, between rows, is not believed at once either: a vendor that lost a day on
// one of its machines answers so.
void ChunkFetcher::confirm_silence(const SeriesPlan &plan, ChunkResult &out) {
  const auto gaps = silent_sessions(plan.calendar.get(), plan.series.interval, out.candles.open_times());
  for (const TimeRange &gap : gaps) {
    if (const auto first = vendor_.first_in(plan.series, gap))
      throw Error(TDK_BAD_DATA, "the vendor left out " + format_time(gap.from) + " to " + format_time(gap.to) +
                                    ", but has a candle at " + format_time(*first));
    for (auto &e : out.ledger)
      if (absent_within(e, gap)) e.reason = "asked twice: the vendor has no candle of the session";
  }
}

// What nobody asked for, and would not have come with shorter pages.
void ChunkFetcher::drop_closed(const SeriesPlan &plan, TimeRange range, ChunkResult &out) {
  out.closed_rows = leave_out(out.candles, closed_slots(plan.calendar.get(), plan.series.interval, range));
  if (out.closed_rows > 0 && log_enabled(LogLevel::Debug))
    log(LogLevel::Debug, "ingest", plan.series.name() + ": left out " + std::to_string(out.closed_rows) +
                                       " candles of closed time from " + format_time(range.from) + " to " + format_time(range.to));
}

// What is still forming at the vendor is settled by a later run.
void ChunkFetcher::drop_forming(const SeriesPlan &plan, ChunkResult &out) {
  out.forming = out.candles.drop_forming();
  if (out.forming && plan.series.interval.next(*out.forming) < clock_.now_ns() - kFormingAtMost)
    throw Error(TDK_BAD_DATA,
                "the vendor calls the candle of " + format_time(*out.forming) + " still forming");
}

// Says of the slots in `absent` that were taken for no trades why they are absent.
void ChunkFetcher::explain_end(const SeriesPlan &plan, TimeRange absent, Evidence &evidence,
                               ChunkResult &out) {
  const auto affected = [&](const LedgerEntry &e) { return absent_within(e, absent); };
  if (std::none_of(out.ledger.begin(), out.ledger.end(), affected)) return;
  const LedgerEntry why = judge_.explain(plan, absent, evidence);
  for (auto &e : out.ledger) {
    if (!affected(e)) continue;
    const TimeRange range = e.range;
    e = why;
    e.range = range;
  }
  if (settles(why.state)) return;
  out.failure = Failure{why.error, why.reason, why.next_try, 1, AfterFailure::NextRun};
}

}  // namespace tapedeck
