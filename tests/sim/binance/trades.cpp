// trades, historicalTrades and aggTrades, derived from the candles; every aggregate is a single
// trade.
#include <algorithm>

#include "sim/binance/endpoints.hpp"
#include "sim/binance/params.hpp"
#include "sim/binance/render.hpp"

namespace tapedeck::sim::binance {
namespace {

constexpr std::size_t kUsualTrades = 500;
constexpr std::size_t kMostTrades = 1'000;
/// Stretches looked through before an answer is given up as empty (a hole in a file is wide).
constexpr int kMaxSpans = 20'000;

struct Range {
  std::int64_t from = -kNoTimeLimit;
  std::int64_t to = kNoTimeLimit;
  std::optional<std::int64_t> from_id;
  std::size_t limit = kUsualTrades;
  std::int64_t now = 0;
};

bool inside(const Range &range, const Trade &trade) {
  return trade.time >= range.from && trade.time <= range.to && trade.time <= range.now &&
         (!range.from_id || trade.id >= *range.from_id);
}

/// The newest trades of the range, ascending.
std::vector<Trade> newest(const Series &series, const Range &range) {
  std::vector<Trade> found, span;
  const std::int64_t length = series.trade_span_ms();
  std::int64_t time = std::min({range.to, range.now, series.end() - 1});
  for (int i = 0; i < kMaxSpans && found.size() < range.limit; ++i, time -= length) {
    if (time < series.first_open() || time < range.from - length) break;
    series.trades(time, span);
    for (auto trade = span.rbegin(); trade != span.rend() && found.size() < range.limit; ++trade)
      if (inside(range, *trade)) found.push_back(*trade);
  }
  std::reverse(found.begin(), found.end());
  return found;
}

/// The oldest trades of the range, ascending.
std::vector<Trade> oldest(const Series &series, const Range &range) {
  std::vector<Trade> found, span;
  const std::int64_t length = series.trade_span_ms();
  std::int64_t time = std::max(range.from, series.first_open());
  if (range.from_id) time = std::max(time, series.span_of_trade(*range.from_id));
  const std::int64_t last = std::min({range.to, range.now, series.end() - 1});
  for (int i = 0; i < kMaxSpans && found.size() < range.limit; ++i, time += length) {
    if (time - length > last) break;
    series.trades(time, span);
    for (const Trade &trade : span)
      if (inside(range, trade) && found.size() < range.limit) found.push_back(trade);
  }
  return found;
}

Reply render(const std::vector<Trade> &trades,
             void (*write)(const Context &, const Trade &, std::string &), const Context &context) {
  std::string out = "[";
  for (const Trade &trade : trades) {
    if (out.size() > 1) out += ',';
    write(context, trade, out);
  }
  Reply reply = make_reply(200, kJson, out + "]");
  reply.rows = trades.size();
  return reply;
}

void write_trade(const Context &context, const Trade &trade, std::string &out) {
  ObjectWriter(out)
      .integer("id", trade.id)
      .decimal("price", trade.price)
      .decimal("qty", trade.quantity)
      .decimal("quoteQty", static_cast<Wide>(trade.price) * trade.quantity / kUnit)
      .integer("time", context.shown(trade.time))
      .boolean("isBuyerMaker", trade.buyer_is_maker)
      .boolean("isBestMatch", true)
      .end();
}

void write_aggregate(const Context &context, const Trade &trade, std::string &out) {
  ObjectWriter(out)
      .integer("a", trade.id)
      .decimal("p", trade.price)
      .decimal("q", trade.quantity)
      .integer("f", trade.id)
      .integer("l", trade.id)
      .integer("T", context.shown(trade.time))
      .boolean("m", trade.buyer_is_maker)
      .boolean("M", true)
      .end();
}

}  // namespace

Reply trades(const Context &context, Query &query) {
  const std::string symbol = take_symbol(query);
  Range range;
  range.limit = take_limit(query, kUsualTrades, kMostTrades);
  range.now = context.now_ms();
  query.finish();
  return render(newest(*listed(context.listing, symbol).series, range), write_trade, context);
}

Reply historical_trades(const Context &context, Query &query) {
  const std::string symbol = take_symbol(query);
  Range range;
  range.limit = take_limit(query, kUsualTrades, kMostTrades);
  range.from_id = take_number(query, "fromId");
  range.now = context.now_ms();
  query.finish();
  const Series &series = *listed(context.listing, symbol).series;
  return render(range.from_id ? oldest(series, range) : newest(series, range), write_trade,
                context);
}

Reply aggregate_trades(const Context &context, Query &query) {
  const std::string symbol = take_symbol(query);
  Range range;
  range.from_id = take_number(query, "fromId");
  const auto start = take_start_time(query);
  const auto end = take_end_time(query);
  range.limit = take_limit(query, kUsualTrades, kMostTrades);
  range.from = start.value_or(range.from);
  range.to = end.value_or(range.to);
  range.now = context.now_ms();
  query.finish();
  if (range.from_id && (start || end)) refuse(-1128, "Combination of optional parameters invalid.");
  const Series &series = *listed(context.listing, symbol).series;
  const bool forward = range.from_id || start;
  return render(forward ? oldest(series, range) : newest(series, range), write_aggregate, context);
}

}  // namespace tapedeck::sim::binance
