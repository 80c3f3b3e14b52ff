#include "history.hpp"

#include "kit/text.hpp"
#include "sums.hpp"
#include "symbols.hpp"
#include "times.hpp"

#include <algorithm>
#include <limits>

namespace twelvedata {
namespace {

// A candle's last words come late: up to 130 s have been seen on the free plan.
constexpr std::int64_t kPublicationDelaySeconds = 150;
// The finest exponents that the vendor's automatic precision needs; data may need others.
constexpr int kPriceExp = -5, kVolumeExp = -2;

// The range is of open times, so both of its ends round up.
std::int64_t seconds_at_or_after(std::int64_t ns) {
  return ns <= 0 ? 0 : std::min((ns - 1) / kSecondNs + 1, kEndOfTimeSeconds);
}

std::int64_t day_at_or_after(std::int64_t s) {
  return (s + kDaySeconds - 1) / kDaySeconds * kDaySeconds;
}

void refuse_other_prices(const tdk_series &series, std::uint32_t asset_class) {
  const std::uint32_t offered = price_type_of(asset_class);
  if (series.price_type == offered) return;
  throw tapedeck::Error(TDK_NOT_SUPPORTED,
                        "candles of " + kit::excerpt(tapedeck::sv(series.symbol)) +
                            (offered == TDK_PRICE_MID
                                 ? ": currencies and metals have mid prices only; ask for price mid"
                                 : ": these are of trades only; ask for price trade"));
}

std::string adjustment_of(const tdk_series &series, std::uint32_t asset_class) {
  if (asset_class != TDK_ASSET_EQUITY) return {};
  return series.adjustment == TDK_ADJ_ALL     ? "all"
         : series.adjustment == TDK_ADJ_SPLIT ? "splits"
                                              : "none";
}

// Intraday both ends are inclusive, and with a zone they are meant in it. Dates are exclusive at
// the end by the vendor's word, and not by everybody's observation: one day more is asked for.
std::string range_of(const SeriesAsked &ask) {
  if (!ask.interval->has_dates())
    return "&start_date=" + date_time_text(ask.from_s) +
           "&end_date=" + date_time_text(ask.to_s - 1) + "&timezone=UTC";
  return "&start_date=" + date_text(day_at_or_after(ask.from_s)) + "&end_date=" +
         date_text(
             std::min(day_at_or_after(ask.to_s) + kDaySeconds, kEndOfTimeSeconds - kDaySeconds));
}

bool off_grid(const std::vector<kit::ExactCandle> &rows, const Interval &interval) {
  return std::any_of(rows.begin(), rows.end(), [&](const kit::ExactCandle &row) {
    const std::int64_t open_s = row.open_time / kSecondNs;
    return interval.floor(open_s) != open_s;
  });
}

}  // namespace

History::Asked History::asked_of(const tapedeck::CandleRequest &rq) const {
  const std::uint32_t asset_class = asset_class_of(rq.symbol);
  refuse_other_prices(*rq.raw->series, asset_class);
  Asked out;
  out.symbol = vendor_symbol(rq.symbol);
  out.interval = &find_interval(rq.interval);
  out.from_s = seconds_at_or_after(rq.from);
  out.to_s = seconds_at_or_after(rq.to);
  out.adjustment = adjustment_of(*rq.raw->series, asset_class);
  return out;
}

void History::fetch(const tapedeck::CandleRequest &rq, tapedeck::CandleWriter &out,
                    const tapedeck::Cancel &cancel) {
  const Asked ask = asked_of(rq);
  if (ask.from_s >= ask.to_s || rq.limit == 0) return;
  std::vector<kit::ExactCandle> rows;
  const bool of_exchange = !ask.adjustment.empty() || asset_class_of(rq.symbol) == TDK_ASSET_INDEX;
  const bool summed = of_exchange && counts_from_opening(*ask.interval);
  if (!summed) rows = fetch_rows(ask, rq.limit, rq.newest, cancel);
  if (summed || off_grid(rows, *ask.interval))
    if (const Interval *parts = parts_of(*ask.interval, of_exchange))
      rows = fetch_sums(ask, *parts, rq.limit, rq.newest, cancel);
  if (rows.size() > rq.limit) {
    const auto surplus = static_cast<std::ptrdiff_t>(rows.size() - rq.limit);
    if (rq.newest)
      rows.erase(rows.begin(), rows.begin() + surplus);
    else
      rows.erase(rows.end() - surplus, rows.end());
  }
  kit::push_rows(rows, kPriceExp, kVolumeExp, "twelvedata time_series of " + ask.symbol, out);
}

std::vector<kit::ExactCandle> History::fetch_rows(const Asked &ask, std::uint64_t limit,
                                                  bool newest, const tapedeck::Cancel &cancel) {
  const std::uint64_t slots = ask.interval->slots_at_most(ask.from_s, ask.to_s);
  const bool oldest = !newest && limit < slots;
  return oldest && slots > kRowsPerPage ? forwards(ask, limit, cancel)
                                        : backwards(ask, oldest ? slots : limit, cancel);
}

// Of whole slots, and of one more than is wanted, which may be cut.
std::vector<kit::ExactCandle> History::fetch_sums(Asked ask, const Interval &parts,
                                                  std::uint64_t limit, bool newest,
                                                  const tapedeck::Cancel &cancel) {
  const Interval &interval = *ask.interval;
  const std::uint64_t each = parts.slots_at_most(0, interval.longest_s());
  const auto next_open = [&](std::int64_t s) {
    const std::int64_t open = interval.floor(s);
    return open == s ? s : interval.end_of(open);
  };
  ask.interval = &parts;
  ask.from_s = next_open(ask.from_s);
  ask.to_s = next_open(ask.to_s);
  const bool all = limit >= UINT64_MAX / each - 1;
  const auto rows = fetch_rows(ask, all ? UINT64_MAX : (limit + 1) * each, newest, cancel);
  std::vector<kit::ExactCandle> out = sums_of(rows, interval);
  mark_forming(out, interval);
  return out;
}

// A page that is not full was the last.
std::vector<kit::ExactCandle> History::backwards(Asked ask, std::uint64_t limit,
                                                 const tapedeck::Cancel &cancel) {
  std::vector<std::vector<kit::ExactCandle>> pages;
  std::uint64_t have = 0;
  while (ask.from_s < ask.to_s && have < limit) {
    // Two more than wanted: of dates the page may begin behind the range.
    const std::uint64_t surplus = ask.interval->has_dates() ? 2 : 0;
    const std::uint64_t size = std::min(
        kRowsPerPage,
        std::min(limit - have, ask.interval->slots_at_most(ask.from_s, ask.to_s)) + surplus);
    SeriesPage page = fetch_page(ask, size, cancel);
    const bool last = page.received < size || page.rows.empty();
    if (!page.rows.empty()) {
      have += page.rows.size();
      ask.to_s = page.rows.front().open_time / kSecondNs;
      pages.push_back(std::move(page.rows));
    }
    if (last) break;
  }
  std::vector<kit::ExactCandle> out;
  out.reserve(have);
  for (auto page = pages.rbegin(); page != pages.rend(); ++page)
    out.insert(out.end(), page->begin(), page->end());
  return out;
}

std::vector<kit::ExactCandle> History::forwards(const Asked &ask, std::uint64_t limit,
                                                const tapedeck::Cancel &cancel) {
  const std::int64_t shortest = ask.interval->length_s ? ask.interval->length_s : 28 * kDaySeconds;
  const std::int64_t window = shortest * static_cast<std::int64_t>(kRowsPerPage - 2);
  std::vector<kit::ExactCandle> out;
  Asked part = ask;
  while (part.from_s < ask.to_s && out.size() < limit) {
    part.to_s = std::min(ask.to_s, part.from_s + window);
    const SeriesPage page = fetch_page(part, kRowsPerPage, cancel);
    out.insert(out.end(), page.rows.begin(), page.rows.end());
    part.from_s = part.to_s;
  }
  return out;
}

SeriesPage History::fetch_page(const Asked &ask, std::uint64_t size,
                               const tapedeck::Cancel &cancel) {
  cancel.check();
  Get get{"time_series of " + ask.symbol + " " + std::string(ask.interval->name), {}, 1};
  get.path = "/time_series?symbol=" + kit::percent_encoded(ask.symbol) +
             "&interval=" + std::string(ask.interval->name) + range_of(ask) + "&order=asc" +
             "&outputsize=" + std::to_string(size);
  if (!ask.adjustment.empty()) get.path += "&adjust=" + ask.adjustment;
  SeriesPage page;
  session_.get(get, cancel,
               [&](const kit::JsonValue &body) { page = parse_time_series(body, ask); });
  mark_forming(page.rows, *ask.interval);
  return page;
}

// Nothing in the answer tells the candle that is still forming.
void History::mark_forming(std::vector<kit::ExactCandle> &rows, const Interval &interval) const {
  const std::int64_t settled_s = session_.vendor_now_ns() / kSecondNs - kPublicationDelaySeconds;
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
    if (interval.end_of(row->open_time / kSecondNs) <= settled_s) break;
    row->state = TDK_CANDLE_FORMING;
  }
}

std::int64_t History::earliest(const tdk_series &series, const tapedeck::Cancel &cancel) {
  const std::string_view canonical = tapedeck::sv(series.symbol);
  refuse_other_prices(series, asset_class_of(canonical));
  const std::string symbol = vendor_symbol(canonical);
  const Interval &interval = find_interval(series.interval);
  const Get get{"earliest_timestamp of " + symbol + " " + std::string(interval.name),
                "/earliest_timestamp?symbol=" + kit::percent_encoded(symbol) +
                    "&interval=" + std::string(interval.name) + "&timezone=UTC",
                1};
  std::optional<std::int64_t> first;
  session_.get(get, cancel,
               [&](const kit::JsonValue &body) { first = parse_earliest(body, interval); });
  if (first) return *first * kSecondNs;
  throw tapedeck::Error(TDK_NOT_FOUND, "fetching " + get.doing + ": the vendor has none yet");
}

}  // namespace twelvedata
