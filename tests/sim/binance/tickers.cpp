// ticker/price, ticker/bookTicker, ticker/24hr and avgPrice.
#include <cstdio>
#include <functional>

#include "sim/binance/book.hpp"
#include "sim/binance/endpoints.hpp"
#include "sim/binance/params.hpp"
#include "sim/binance/render.hpp"
#include "sim/binance/tickers.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim::binance {
namespace {

constexpr std::int64_t kAverageMinutes = 5;

/// What `symbol`, `symbols` and `symbolStatus` select.
struct Selection {
  std::vector<const Instrument *> instruments;
  bool single = false;  ///< answered with an object instead of a list
};

struct Asked {
  std::optional<std::string> symbol;
  std::optional<std::vector<std::string>> symbols;
  std::optional<std::string> status;
};

Asked take_asked(Query &query) {
  Asked asked;
  if (query.peek("symbol")) asked.symbol = take_symbol(query);
  asked.symbols = take_symbols(query);
  asked.status = take_status(query);
  if (asked.symbol && asked.symbols) refuse(-1128, "Combination of optional parameters invalid.");
  return asked;
}

Selection select(const Listing &listing, const Asked &asked) {
  Selection selection;
  selection.single = asked.symbol.has_value();
  if (asked.symbol) {
    const Instrument &only = listed(listing, *asked.symbol);
    if (asked.status && *asked.status != only.status)
      refuse(-1220, "The symbol's status does not match the requested symbolStatus.");
    selection.instruments.push_back(&only);
  } else if (asked.symbols) {
    for (const std::string &name : *asked.symbols)
      selection.instruments.push_back(&listed(listing, name));
  } else {
    for (const Instrument &each : listing.all()) selection.instruments.push_back(&each);
  }
  if (asked.status)
    std::erase_if(selection.instruments,
                  [&](const Instrument *each) { return each->status != *asked.status; });
  return selection;
}

using WriteOne = std::function<void(const Instrument &, std::string &)>;

Reply render(const Selection &selection, const WriteOne &write) {
  std::string out;
  for (const Instrument *each : selection.instruments) {
    if (!out.empty()) out += ',';
    write(*each, out);
  }
  if (!selection.single) out = "[" + out + "]";
  Reply reply = make_reply(200, kJson, std::move(out));
  reply.rows = selection.instruments.size();
  return reply;
}

/// Sum of the small candles that open in (now - length, now]; trades 0 when there are none.
Candle rolling(const Instrument &instrument, std::int64_t now_ms, std::int64_t length_ms) {
  const std::int64_t step = std::max(instrument.series->step_ms(), kMinuteMs);
  thread_local std::vector<Candle> rows;
  Window window{Grid(Interval{"", step}), now_ms - length_ms + 1, now_ms, 1'000'000, false, now_ms};
  instrument.series->candles(window, rows);
  Candle sum;
  if (rows.empty()) return sum;
  sum = rows.front();
  for (std::size_t i = 1; i < rows.size(); ++i) append(sum, rows[i]);
  return sum;
}

/// Id of the newest trade at `now_ms`, counted back from the stretch it lies in; -1 when there is
/// none.
std::int64_t last_trade(const Instrument &instrument, std::int64_t now_ms, Trade &last) {
  thread_local std::vector<Trade> made;
  const std::int64_t span = instrument.series->trade_span_ms();
  for (std::int64_t time : {now_ms, now_ms - span}) {
    instrument.series->trades(time, made);
    for (auto trade = made.rbegin(); trade != made.rend(); ++trade)
      if (trade->time <= now_ms) {
        last = *trade;
        return trade->id;
      }
  }
  return -1;
}

std::string percent(std::int64_t change, std::int64_t open) {
  char text[48];
  const double value =
      open == 0 ? 0.0 : 100.0 * static_cast<double>(change) / static_cast<double>(open);
  std::snprintf(text, sizeof text, "%.3f", value);
  return text;
}

Wide weighted_average(const Candle &candle) {
  return candle.volume == 0 ? 0 : candle.quote_volume * kUnit / candle.volume;
}

void write_day(const Context &context, bool full, const Instrument &instrument, std::string &out) {
  const std::int64_t now = context.now_ms();
  const DayValues values = day_values(instrument, now);
  const Candle &day = values.candle;
  ObjectWriter object(out);
  object.text("symbol", instrument.symbol);
  if (full) {
    object.decimal("priceChange", day.close - day.open)
        .text("priceChangePercent", values.change_percent)
        .decimal("weightedAvgPrice", values.average)
        .decimal("prevClosePrice", day.open)
        .decimal("lastPrice", day.close)
        .decimal("lastQty", values.last.quantity);
    const Book book = make_book(instrument, now, 1);
    const Level bid = book.bids.empty() ? Level{} : book.bids.front();
    const Level ask = book.asks.empty() ? Level{} : book.asks.front();
    object.decimal("bidPrice", bid.price)
        .decimal("bidQty", bid.quantity)
        .decimal("askPrice", ask.price)
        .decimal("askQty", ask.quantity);
  }
  object.decimal("openPrice", day.open).decimal("highPrice", day.high).decimal("lowPrice", day.low);
  if (!full) object.decimal("lastPrice", day.close);
  object.decimal("volume", day.volume)
      .decimal("quoteVolume", day.quote_volume)
      .integer("openTime", context.shown(now - kDayMs))
      .integer("closeTime", context.shown(now))
      .integer("firstId", values.first_id)
      .integer("lastId", values.last_id)
      .integer("count", values.last_id < 0 ? 0 : day.trades)
      .end();
}

}  // namespace

DayValues day_values(const Instrument &instrument, std::int64_t now_ms) {
  DayValues values;
  values.candle = rolling(instrument, now_ms, kDayMs);
  values.last_id = values.candle.trades == 0 ? -1 : last_trade(instrument, now_ms, values.last);
  values.first_id = values.last_id < 0 ? -1 : values.last_id - values.candle.trades + 1;
  values.average = weighted_average(values.candle);
  values.change_percent = percent(values.candle.close - values.candle.open, values.candle.open);
  return values;
}

Reply ticker_price(const Context &context, Query &query) {
  const Asked asked = take_asked(query);
  if (query.size() > 0) query.finish();
  return render(
      select(context.listing, asked), [&](const Instrument &instrument, std::string &out) {
        Candle last;
        last_candle(instrument, context.now_ms(), last);
        ObjectWriter(out).text("symbol", instrument.symbol).decimal("price", last.close).end();
      });
}

Reply ticker_book(const Context &context, Query &query) {
  const Asked asked = take_asked(query);
  if (query.size() > 0) query.finish();
  return render(select(context.listing, asked),
                [&](const Instrument &instrument, std::string &out) {
                  const Book book = make_book(instrument, context.now_ms(), 1);
                  const Level bid = book.bids.empty() ? Level{} : book.bids.front();
                  const Level ask = book.asks.empty() ? Level{} : book.asks.front();
                  ObjectWriter(out)
                      .text("symbol", instrument.symbol)
                      .decimal("bidPrice", bid.price)
                      .decimal("bidQty", bid.quantity)
                      .decimal("askPrice", ask.price)
                      .decimal("askQty", ask.quantity)
                      .end();
                });
}

Reply ticker_24h(const Context &context, Query &query) {
  const Asked asked = take_asked(query);
  const std::string type(query.take("type").value_or("FULL"));
  if (query.size() > 0) query.finish();
  if (type != "FULL" && type != "MINI") refuse(-1139, "Invalid ticker type.");
  const bool full = type == "FULL";
  return render(select(context.listing, asked),
                [&](const Instrument &instrument, std::string &out) {
                  write_day(context, full, instrument, out);
                });
}

Reply average_price(const Context &context, Query &query) {
  const std::string symbol = take_symbol(query);
  query.finish();
  const Instrument &instrument = listed(context.listing, symbol);
  const std::int64_t now = context.now_ms();
  const Candle recent = rolling(instrument, now, kAverageMinutes * kMinuteMs);
  Candle last;
  last_candle(instrument, now, last);
  const Wide price = recent.volume == 0 ? Wide{last.close} : weighted_average(recent);
  std::string out;
  ObjectWriter(out)
      .integer("mins", kAverageMinutes)
      .decimal("price", price)
      .integer("closeTime", context.shown(now))
      .end();
  return make_reply(200, kJson, std::move(out));
}

}  // namespace tapedeck::sim::binance
