#include "history.hpp"

#include "composer.hpp"
#include "pages.hpp"

#include "kit/text.hpp"

#include <algorithm>
#include <limits>

namespace polygon {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr int kPreferredExp = -8;

// Of the millisecond grid the first at or after `ns`; the range is of open times, so both of its
// ends round up. Nothing traded before 1970.
std::int64_t ms_at_or_after(std::int64_t ns) {
  return ns <= 0 ? 0 : std::min((ns - 1) / kNsPerMs + 1, kEndOfTimeMs);
}

// Split-adjusted is what the vendor calls adjusted; dividends it never takes into account.
bool adjusted_of(const tdk_series &series) {
  if (series.adjustment == TDK_ADJ_ALL)
    throw tapedeck::Error(TDK_NOT_SUPPORTED,
                          "candles are raw or adjusted for splits, not for dividends; ask for "
                          "adjustment raw or split");
  return series.adjustment == TDK_ADJ_SPLIT;
}

RangeAsked range_of(const tdk_series &series, std::int64_t from_ms, std::int64_t to_ms) {
  RangeAsked out;
  out.ticker = ticker_of(tapedeck::sv(series.symbol));
  require_price_type(out.ticker, series.price_type);
  out.interval = &find_interval(series.interval);
  out.adjusted = adjusted_of(series);
  // Whole candles: those that open in the range.
  out.from_ms = ceil_open(*out.interval, from_ms);
  out.to_ms = ceil_open(*out.interval, to_ms);
  return out;
}

void push(std::span<const kit::ExactCandle> rows, const RangeAsked &range,
          tapedeck::CandleWriter &out) {
  kit::push_rows(rows, kPreferredExp, kPreferredExp, "polygon aggregates of " + range.ticker.rest, out);
}

// What a page holds at most is asked for in full, but for a few of the newest: then a little more
// than they are made of, because the bar at a page's end may be left to the next one.
std::uint64_t page_limit(const RangeAsked &range, std::uint64_t wanted) {
  const auto per_candle = static_cast<std::uint64_t>(range.interval->base_per_candle);
  constexpr std::uint64_t kSpare = 2, kLeast = 120;
  if (wanted >= kBasePerPage / per_candle) return kBasePerPage;
  return std::clamp((wanted + kSpare) * per_candle, kLeast, kBasePerPage);
}

// The vendor may end a page before its first row.
Aggregates first_rows(Session &session, const RangeAsked &range, const tapedeck::Cancel &cancel) {
  Pages pages(session, range);
  Aggregates out;
  while (out.bars.empty() && pages.has_more()) out = pages.next(cancel);
  return out;
}

}  // namespace

void History::fetch(const tapedeck::CandleRequest &rq, tapedeck::CandleWriter &out,
                    const tapedeck::Cancel &cancel) {
  RangeAsked range =
      range_of(*rq.raw->series, ms_at_or_after(rq.from), ms_at_or_after(rq.to));
  constexpr auto kAll = std::numeric_limits<std::uint64_t>::max();
  range.newest_first = rq.newest && rq.limit != kAll;
  if (range.newest_first) range.limit = page_limit(range, rq.limit);
  Composer composer(*range.interval, range.newest_first);
  Pages pages(session_, range);
  std::vector<kit::ExactCandle> kept;  // of the newest, until all are there
  std::uint64_t left = rq.limit;
  while (pages.has_more() && left > 0) {
    const Aggregates page = pages.next(cancel);
    composer.add(page.bars, page.known_until_ms);
    if (!pages.has_more()) composer.finish();
    auto &whole = composer.whole();
    const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(left, whole.size()));
    const std::span<const kit::ExactCandle> rows(whole.data(), taken);
    if (range.newest_first)
      kept.insert(kept.end(), rows.begin(), rows.end());
    else
      push(rows, range, out);
    left -= taken;
    whole.clear();
  }
  std::reverse(kept.begin(), kept.end());
  push(kept, range, out);
}

// The first candle that a plan shows is not the first there is; and a question for one before what the
// plan has is refused, which the free plan's need not cost a request to know.
std::int64_t History::earliest(const tdk_series &series, const tapedeck::Cancel &cancel) {
  constexpr const char *kUnknown =
      "the first candle: the plan's history begins later than the vendor's; ask for a range";
  if (session_.settings().free_plan) throw tapedeck::Error(TDK_NOT_SUPPORTED, kUnknown);
  try {
    return first_open(series, cancel);
  } catch (const tapedeck::Error &e) {
    if (e.code() != TDK_PERMISSION_DENIED) throw;
    throw tapedeck::Error(TDK_NOT_SUPPORTED, kUnknown);
  }
}

// By the day first: what a short interval has before its first day is nothing, and reading minutes
// from 1970 on would cost a page for each 50,000 of them.
std::int64_t History::first_open(const tdk_series &series, const tapedeck::Cancel &cancel) {
  const std::int64_t now_ms = session_.host().now() / kNsPerMs;
  tdk_series days = series;
  days.interval = {TDK_UNIT_DAY, 1};
  RangeAsked range = range_of(days, 0, now_ms + kDayMs);
  range.limit = 1;
  const Aggregates first = first_rows(session_, range, cancel);
  const Interval &interval = find_interval(series.interval);
  if (!first.bars.empty() && interval.of_days())
    return floor_open(interval, first.bars.front().open_ms) * kNsPerMs;
  if (!first.bars.empty()) {
    // Days of New York reach into the next one of UTC.
    const std::int64_t day_ms = first.bars.front().open_ms;
    RangeAsked pieces = range_of(series, day_ms, day_ms + 2 * kDayMs);
    const Aggregates bars = first_rows(session_, pieces, cancel);
    if (!bars.bars.empty())
      return floor_open(interval, bars.bars.front().open_ms) * kNsPerMs;
  }
  throw tapedeck::Error(TDK_NOT_FOUND, "fetching the first candle of " +
                                           kit::excerpt(range.ticker.rest) +
                                           ": the vendor has none");
}

}  // namespace polygon
