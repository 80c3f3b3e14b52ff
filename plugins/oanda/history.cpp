#include "history.hpp"

#include "kit/text.hpp"
#include "refusal.hpp"
#include "symbols.hpp"
#include "times.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace oanda {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
// A clock may be off by so much without the vendor seeing the future in a request.
constexpr std::int64_t kClockMargin = 30 * kSecond;
constexpr std::int64_t kBeforeAll = 631'152'000 * kSecond;     // 1990-01-01: nothing is older
constexpr std::int64_t kEndOfTime = 7'258'118'400 * kSecond;   // 2200-01-01
constexpr int kPriceExp = -5, kVolumeExp = 0;

PriceKind kind_of(std::uint32_t price_type) {
  switch (price_type) {
    case TDK_PRICE_MID:
      return PriceKind::Mid;
    case TDK_PRICE_BID:
      return PriceKind::Bid;
    case TDK_PRICE_ASK:
      return PriceKind::Ask;
    default:
      throw tapedeck::Error(TDK_NOT_SUPPORTED,
                            "candles of trades: OANDA publishes its own prices only; ask for price "
                            "type mid, bid or ask");
  }
}

// Weeks and days are asked for in UTC: the vendor's own begin on Friday and at 17:00 New York.
std::string alignment_of(const Granularity &granularity) {
  if (granularity.id.unit < TDK_UNIT_HOUR) return {};
  return "&dailyAlignment=0&alignmentTimezone=UTC&weeklyAlignment=Monday";
}

void keep(std::vector<kit::ExactCandle> &rows, std::int64_t from, std::int64_t to) {
  const auto outside = [&](const kit::ExactCandle &row) {
    return row.open_time < from || row.open_time >= to;
  };
  std::erase_if(rows, outside);
}

void push(const std::vector<kit::ExactCandle> &rows, tapedeck::CandleWriter &out) {
  kit::push_rows(rows, kPriceExp, kVolumeExp, "oanda candles", out);
}

}  // namespace

History::Asked History::asked_of(const tdk_series &series) {
  const PriceKind kind = kind_of(series.price_type);
  return {vendor_symbol(tapedeck::sv(series.symbol)), &find_granularity(series.interval), kind};
}

void History::fetch(const tapedeck::CandleRequest &rq, tapedeck::CandleWriter &out,
                    const tapedeck::Cancel &cancel) {
  const Asked asked = asked_of(*rq.raw->series);
  const std::int64_t from = ceil(*asked.granularity, std::clamp(rq.from, kBeforeAll, kEndOfTime));
  const std::int64_t to = ceil(*asked.granularity, std::clamp(rq.to, kBeforeAll, kEndOfTime));
  const bool all = rq.limit == std::numeric_limits<std::uint64_t>::max();
  if (rq.newest && !all)
    fetch_newest(asked, from, to, rq.limit, out, cancel);
  else
    fetch_oldest(asked, from, to, rq.limit, out, cancel);
}

void History::fetch_oldest(const Asked &asked, std::int64_t from, std::int64_t to,
                           std::uint64_t limit, tapedeck::CandleWriter &out,
                           const tapedeck::Cancel &cancel) {
  const Granularity &g = *asked.granularity;
  while (from < to && limit > 0 && from <= session_.host().now()) {
    const std::int64_t end = next_open(g, from, std::min(slots(g, from, to), kSlotsPerRequest));
    fetch_window(asked, from, end, cancel);
    if (page_.rows.size() > limit) page_.rows.resize(static_cast<std::size_t>(limit));
    push(page_.rows, out);
    limit -= page_.rows.size();
    from = end;
    if (!page_.rows.empty() || from >= to) continue;
    const auto next = next_candle(asked, from, cancel);
    if (!next) return;
    from = std::max(from, floor(g, *next));
  }
}

// From and count reach into the present without naming it. The margin is for clocks that differ;
// where they differ by more, the vendor says so.
void History::fetch_window(const Asked &asked, std::int64_t from, std::int64_t to,
                           const tapedeck::Cancel &cancel) {
  const Page up_to_now{from, {}, slots(*asked.granularity, from, to)};
  try {
    if (to > session_.host().now() - kClockMargin)
      fetch_page(asked, up_to_now, cancel);
    else
      fetch_page(asked, {from, to, 0}, cancel);
  } catch (const tapedeck::Error &error) {
    if (is_future(error, "from")) {
      page_.rows.clear();
      return;
    }
    if (!is_future(error, "to")) throw;
    fetch_page(asked, up_to_now, cancel);
  }
  keep(page_.rows, from, to);
}

std::optional<std::int64_t> History::next_candle(const Asked &asked, std::int64_t from,
                                                 const tapedeck::Cancel &cancel) {
  if (from > session_.host().now()) return {};
  try {
    fetch_page(asked, {from, {}, 1}, cancel);
  } catch (const tapedeck::Error &error) {
    if (is_future(error, "from")) return {};
    throw;
  }
  if (page_.rows.empty()) return {};
  return page_.rows.front().open_time;
}

// Pages come newest first and are handed over the other way round.
void History::fetch_newest(const Asked &asked, std::int64_t from, std::int64_t to,
                           std::uint64_t limit, tapedeck::CandleWriter &out,
                           const tapedeck::Cancel &cancel) {
  constexpr std::int64_t some_more = 16;  // may open within the margin, behind `to`
  std::vector<std::vector<kit::ExactCandle>> pages;
  while (from < to && limit > 0) {
    Page page{{}, to, static_cast<std::int64_t>(std::min<std::uint64_t>(limit, kSlotsPerRequest))};
    if (to > session_.host().now() - kClockMargin) {
      page.to_ns.reset();
      page.count = std::min(page.count + some_more, kSlotsPerRequest);
    }
    try {
      fetch_page(asked, page, cancel);
    } catch (const tapedeck::Error &error) {
      if (!is_future(error, "to")) throw;
      page.to_ns.reset();
      fetch_page(asked, page, cancel);
    }
    const bool full = static_cast<std::int64_t>(page_.rows.size()) >= page.count;
    const std::size_t answered = page_.rows.size();
    const std::int64_t oldest = answered ? page_.rows.front().open_time : 0;
    keep(page_.rows, from, to);
    if (page_.rows.size() > limit)
      page_.rows.erase(page_.rows.begin(),
                       page_.rows.end() - static_cast<std::ptrdiff_t>(limit));
    limit -= page_.rows.size();
    pages.push_back(page_.rows);
    if (!full || oldest >= to || oldest <= from) break;
    to = oldest;
  }
  for (auto page = pages.rbegin(); page != pages.rend(); ++page) push(*page, out);
}

void History::fetch_page(const Asked &asked, const Page &page, const tapedeck::Cancel &cancel) {
  cancel.check();
  const Granularity &g = *asked.granularity;
  std::string path = "/v3/instruments/" + kit::percent_encoded(asked.instrument) +
                     "/candles?price=" + std::string(1, static_cast<char>(asked.kind)) +
                     "&granularity=" + std::string(g.name);
  // Left out, the vendor has dropped the first candle, against its documents; without a from it may
  // refuse it.
  if (page.from_ns)
    path += "&from=" + kit::percent_encoded(format_time(*page.from_ns)) + "&includeFirst=true";
  if (page.to_ns) path += "&to=" + kit::percent_encoded(format_time(*page.to_ns));
  if (page.count) path += "&count=" + std::to_string(page.count);
  path += alignment_of(g);
  const Get get{"candles of " + asked.instrument + " " + std::string(g.name), path};
  session_.get(get, cancel,
               [&](std::string_view body) { parse_candles(body, asked.kind, page_); });
  for (const kit::ExactCandle &row : page_.rows)
    if (floor(g, row.open_time) != row.open_time)
      throw tapedeck::Error(TDK_BAD_DATA, get.doing + ": a candle opens at " +
                                              format_time(row.open_time) +
                                              ", between the opens that were asked for");
}

std::int64_t History::earliest(const tdk_series &series, const tapedeck::Cancel &cancel) {
  const Asked asked = asked_of(series);
  const auto first = next_candle(asked, ceil(*asked.granularity, kBeforeAll), cancel);
  if (first) return *first;
  throw tapedeck::Error(TDK_NOT_FOUND, "the first candle of " + asked.instrument + " " +
                                           std::string(asked.granularity->name) +
                                           ": OANDA has none yet");
}

}  // namespace oanda
