// GET /api/v1/latest/{symbol}: the last candle that is stored.
#include <optional>

#include "api/json_writer.hpp"
#include "api/query_params.hpp"
#include "api/routes.hpp"
#include "market/candle_row.hpp"
#include "query/candle_text.hpp"

namespace tapedeck::api {
namespace {

constexpr std::uint64_t kEnough = 16;  // rows looked at: the newest may be forming

// A month has no fixed length, and is longer than any that has.
Nanos length_of(Interval interval) {
  const Nanos length = interval.fixed_length();
  return length == 0 ? INT64_MAX : length;
}

// Where no interval is asked for: the shortest that has rows.
std::string interval_of(RouteCall &call, const std::optional<Interval> &asked) {
  if (asked) return asked->name();
  std::optional<Interval> shortest;
  for (const auto &known : call.server.ports.query.list(call.cancel.raw())) {
    const bool rows = known.stat && known.stat->rows > 0;
    const Interval interval = known.series.interval;
    if (rows && may_mean(call.symbol, known.series.symbol) && (!shortest || length_of(interval) < length_of(*shortest)))
      shortest = interval;
  }
  return shortest.value_or(Interval()).name();
}

// Of the newest final candle; empty: there is none.
std::string candle_text(RouteCall &call, const KnownSeries &known) {
  CandleText text(CandleFormat::Json);
  std::string out;
  const auto take = [&](const tdk_candle_batch &batch) {
    for (std::size_t i = 0; i < batch.count && out.empty(); ++i) {
      const CandleRow row = row_of(batch, i);
      tdk_candle_batch one = batch_of(row);
      one.source = batch.source;
      if (!row.forming()) out = text.render(one);
    }
    return out.empty();
  };
  call.server.ports.query.candles({known, {INT64_MIN / 2, INT64_MAX / 2}, kEnough, true}, take, call.cancel.raw());
  return out;
}

}  // namespace

void answer_latest(RouteCall &call) {
  const QueryParams params(call.request.query, {"interval", "price"});
  const std::string *price = params.find("price");
  const auto known = call.server.ports.query.find(call.symbol, interval_of(call, params.interval()),
                                                  price == nullptr ? "" : *price, call.cancel.raw());
  const std::string candle = candle_text(call, known);
  JsonWriter json;
  json.begin('{').key("symbol").text(known.series.symbol).key("interval").text(known.series.interval.name());
  json.key("price").text(price_type_name(known.series.price_type)).key("candle").raw(candle.empty() ? "null" : candle);
  call.response.send(200, kJson, json.end('}').take() + "\n");
}

}  // namespace tapedeck::api
