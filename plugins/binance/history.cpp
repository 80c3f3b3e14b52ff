#include "history.hpp"

#include "kit/text.hpp"
#include "symbols.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace binance {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kWeight = 2;  // of a klines request, whatever its limit
constexpr std::int64_t kMayBeForming = 600'000 * kMs;

// Of the millisecond grid the first at or after `ns`; the range is of open times, so both of its
// ends round up. Nothing traded before 1970.
std::int64_t ms_at_or_after(std::int64_t ns) {
  return ns <= 0 ? 0 : std::min((ns - 1) / kMs + 1, kEndOfTimeMs);
}

void refuse_other_prices(const tdk_series &series) {
  if (series.price_type != TDK_PRICE_TRADE)
    throw tapedeck::Error(TDK_NOT_SUPPORTED,
                          "candles are of trades only; ask for price type trade");
}

Get klines_request(const PageAsked &ask) {
  const std::string interval(ask.interval->name);
  Get get{"klines of " + kit::excerpt(ask.symbol) + " " + interval, {}, kWeight};
  get.path = "/api/v3/klines?symbol=" + kit::percent_encoded(ask.symbol) + "&interval=" + interval;
  if (ask.from_ms >= 0) get.path += "&startTime=" + std::to_string(ask.from_ms);
  get.path += "&endTime=" + std::to_string(ask.to_ms - 1) + "&limit=" + std::to_string(ask.limit);
  return get;
}

// Rows from `first` on.
void push(const Klines &page, std::size_t first, tapedeck::CandleWriter &out) {
  if (first >= page.count) return;
  const auto cells = [&](Klines::Column c) { return page.column[c].data() + first; };
  tdk_candle_batch batch{};
  batch.struct_size = sizeof batch;
  batch.count = page.count - first;
  batch.price_exp = page.price_exp;
  batch.volume_exp = page.volume_exp;
  batch.turnover_exp = page.turnover_exp;
  batch.open_time = cells(Klines::kOpenTime);
  batch.open = cells(Klines::kOpen);
  batch.high = cells(Klines::kHigh);
  batch.low = cells(Klines::kLow);
  batch.close = cells(Klines::kClose);
  batch.volume = cells(Klines::kVolume);
  batch.turnover = cells(Klines::kTurnover);
  batch.trades = cells(Klines::kTrades);
  batch.state = page.state.data() + first;
  out.push_batch(batch);
}

std::size_t rows_before(const Klines &page, std::int64_t from_ms) {
  const auto begin = page.column[Klines::kOpenTime].begin();
  const auto end = begin + static_cast<std::ptrdiff_t>(page.count);
  return static_cast<std::size_t>(std::lower_bound(begin, end, from_ms * kMs) - begin);
}

std::size_t page_limit(std::uint64_t wanted) {
  return static_cast<std::size_t>(std::min<std::uint64_t>(wanted, kRowsPerPage));
}

}  // namespace

void History::fetch(const tapedeck::CandleRequest &rq, tapedeck::CandleWriter &out,
                    const tapedeck::Cancel &cancel) {
  refuse_other_prices(*rq.raw->series);
  PageAsked ask{vendor_symbol(rq.symbol), &find_interval(rq.interval), ms_at_or_after(rq.from),
                ms_at_or_after(rq.to), kRowsPerPage};
  const bool all = rq.limit == std::numeric_limits<std::uint64_t>::max();
  if (rq.newest && !all)
    fetch_newest(std::move(ask), rq.limit, out, cancel);
  else
    fetch_oldest(std::move(ask), rq.limit, out, cancel);
}

// With both times Binance answers the oldest rows of the range, so the next page begins after the
// last row and stretches without a candle cost nothing. A page that is not full was the last.
void History::fetch_oldest(PageAsked ask, std::uint64_t limit, tapedeck::CandleWriter &out,
                           const tapedeck::Cancel &cancel) {
  while (ask.from_ms < ask.to_ms && limit > 0) {
    ask.limit = page_limit(limit);
    fetch_page(ask, page_, cancel);
    push(page_, 0, out);
    if (page_.count < ask.limit) return;
    limit -= page_.count;
    ask.from_ms = next_open(*ask.interval, page_.column[Klines::kOpenTime][page_.count - 1] / kMs);
  }
}

// Without a start Binance answers the newest rows before the end. Pages come newest first and are
// handed over the other way round.
void History::fetch_newest(PageAsked ask, std::uint64_t limit, tapedeck::CandleWriter &out,
                           const tapedeck::Cancel &cancel) {
  const std::int64_t from_ms = std::exchange(ask.from_ms, -1);
  std::vector<Klines> pages;
  while (from_ms < ask.to_ms && limit > 0) {
    const auto slots = slots_at_most(*ask.interval, from_ms, ask.to_ms);
    ask.limit = page_limit(std::min(limit, static_cast<std::uint64_t>(slots)));
    Klines &page = pages.emplace_back();
    fetch_page(ask, page, cancel);
    if (page.count < ask.limit || rows_before(page, from_ms) > 0) break;
    limit -= page.count;
    ask.to_ms = page.column[Klines::kOpenTime][0] / kMs;
  }
  for (auto page = pages.rbegin(); page != pages.rend(); ++page)
    push(*page, rows_before(*page, from_ms), out);
}

void History::fetch_page(const PageAsked &ask, Klines &page, const tapedeck::Cancel &cancel) {
  cancel.check();
  const std::int64_t asked_at_ns = session_.host().now();
  const KlinesAsked asked{ask.symbol, ask.interval, std::max<std::int64_t>(ask.from_ms, 0),
                          ask.to_ms, ask.limit};
  session_.get(klines_request(ask), cancel,
               [&](std::string_view body) { parse_klines(body, asked, page); });
  mark_forming(page, asked_at_ns, cancel);
}

// A candle is final when its close time lies before the server's time. The rows were made after the
// request left, so the time of asking can only call a closed candle forming, not the reverse.
void History::mark_forming(Klines &page, std::int64_t asked_at_ns, const tapedeck::Cancel &cancel) {
  std::size_t row = page.count;
  if (row == 0 || page.close_time[row - 1] < asked_at_ns - kMayBeForming) return;
  const std::int64_t server_ns = clock_.at(asked_at_ns, session_, cancel);
  for (; row > 0 && page.close_time[row - 1] >= server_ns; --row)
    page.state[row - 1] = TDK_CANDLE_FORMING;
}

std::int64_t History::earliest(const tdk_series &series, const tapedeck::Cancel &cancel) {
  refuse_other_prices(series);
  const std::string symbol = vendor_symbol(tapedeck::sv(series.symbol));
  const Interval &interval = find_interval(series.interval);
  const KlinesAsked asked{symbol, &interval, 0, kEndOfTimeMs, 1};
  const std::string name(interval.name);
  const Get get{"the first kline of " + kit::excerpt(symbol) + " " + name,
                "/api/v3/klines?symbol=" + kit::percent_encoded(symbol) + "&interval=" + name +
                    "&startTime=0&limit=1",
                kWeight};
  session_.get(get, cancel, [&](std::string_view body) { parse_klines(body, asked, page_); });
  if (page_.count) return page_.column[Klines::kOpenTime][0];
  throw tapedeck::Error(TDK_NOT_FOUND, "fetching " + get.doing + ": the vendor has none yet");
}

}  // namespace binance
