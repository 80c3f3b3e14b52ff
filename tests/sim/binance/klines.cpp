// klines and uiKlines: the same rows from both.
#include "sim/binance/endpoints.hpp"
#include "sim/binance/params.hpp"
#include "sim/binance/render.hpp"

namespace tapedeck::sim::binance {
namespace {

constexpr std::size_t kUsualRows = 500;
constexpr std::size_t kMostRows = 1'000;

/// Clock time from which on the answer to `window` cannot change any more; kNoTimeLimit when it
/// always can.
std::int64_t final_from(const Window &window, const std::vector<Candle> &rows,
                        const Series &series) {
  const bool ends_by_limit = !window.newest_first && rows.size() == window.limit;
  if (ends_by_limit) return window.grid.shift(rows.back().open_time, 1);
  if (window.to >= kNoTimeLimit) return kNoTimeLimit;
  const std::int64_t last = std::min(window.to, series.end());
  return window.grid.shift(window.grid.floor(last), 1);
}

PageKey page_key(const Context &context, const Instrument &instrument, const Window &window,
                 std::int64_t zone) {
  PageKey key{};
  key.series = instrument.key;
  key.from = window.from;
  key.to = window.to;
  key.zone_ms = zone;
  key.limit = static_cast<std::uint32_t>(window.limit);
  // The length tells all intervals apart, the month being 0.
  key.interval_ms = window.grid.interval().length_ms;
  key.newest_first = window.newest_first;
  key.microseconds = context.microseconds;
  return key;
}

Page make_page(const Context &context, const Instrument &instrument, const Window &window) {
  thread_local std::vector<Candle> rows;
  instrument.series->candles(window, rows);
  Page page;
  page.rows = rows.size();
  page.final_from = final_from(window, rows, *instrument.series);
  page.body =
      std::make_shared<const std::string>(render_klines(rows, window.grid, context.microseconds));
  return page;
}

Reply reply_of(const Page &page) {
  Reply reply;
  reply.content_type = kJson;
  reply.body = page.body;
  reply.rows = page.rows;
  return reply;
}

}  // namespace

Reply klines(const Context &context, Query &query) {
  const std::string symbol = take_symbol(query);
  const std::string interval_name = take_interval(query);
  const auto start = take_start_time(query);
  const auto end = take_end_time(query);
  const std::int64_t zone = take_zone(query);
  const std::size_t limit = take_limit(query, kUsualRows, kMostRows);
  query.finish();
  const Interval interval = known_interval(interval_name);
  const Instrument &instrument = listed(context.listing, symbol);
  const Window window{Grid(interval, zone),       start.value_or(-kNoTimeLimit),
                      end.value_or(kNoTimeLimit), limit,
                      !start.has_value(),         context.now_ms()};
  const PageKey key = page_key(context, instrument, window, zone);
  if (const auto found = context.pages.find(key); found && found->final_from <= window.now)
    return reply_of(*found);
  const Page page = make_page(context, instrument, window);
  if (page.final_from <= window.now) context.pages.offer(key, page);
  return reply_of(page);
}

}  // namespace tapedeck::sim::binance
