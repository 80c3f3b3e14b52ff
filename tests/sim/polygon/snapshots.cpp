// Snapshots: of stocks, forex and crypto in the old form, of indices and of anything in the new one.
#include <algorithm>

#include "sim/polygon/endpoints.hpp"
#include "sim/text.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim::polygon {
namespace {

constexpr std::size_t kUsualSnapshots = 10;
constexpr std::size_t kMostSnapshots = 250;

void write_day(JsonWriter &out, std::string_view name, const Instrument &instrument,
               const Candle &bar) {
  out.open(name);
  write_bar(out, instrument, bar);
  out.close();
}

/// Letters of bid and ask differ by case only: `p` and `s` are the bid's, `P` and `S` the ask's.
void write_stock(JsonWriter &out, const Trade &trade, const Sides &sides) {
  const std::int64_t ns = trade.time * kNsPerMs - 123'456;
  out.open("lastQuote").number("P", sides.ask).number("S", sides.ask_size);
  out.number("p", sides.bid).number("s", sides.bid_size).integer("t", ns).close();
  out.open("lastTrade").list("c").integer("", 14).end_list();
  out.text("i", std::to_string(trade.id)).number("p", trade.price).number("s", trade.quantity);
  out.integer("t", ns).integer("x", 4).close();
}

void write_forex(JsonWriter &out, const Trade &trade, const Sides &sides) {
  out.open("lastQuote").number("a", sides.ask).number("b", sides.bid);
  out.integer("t", trade.time).integer("x", 48).close();
}

void write_crypto(JsonWriter &out, const Trade &trade) {
  out.open("lastTrade").list("c").integer("", trade.buyer_is_maker ? 1 : 2).end_list();
  out.text("i", std::to_string(trade.id)).number("p", trade.price).number("s", trade.quantity);
  out.integer("t", trade.time).integer("x", 1).close();
}

/// Objects are missing where there is nothing to put into them.
void write_snapshot(JsonWriter &out, std::string_view name, const Instrument &instrument,
                    std::int64_t now) {
  const Days days = days_of(instrument, now);
  const auto minute = last_minute(instrument, now);
  const auto trade = last_trade(instrument, now);
  out.open(name).text("ticker", instrument.ticker);
  if (days.has_day) write_day(out, "day", instrument, days.day);
  if (trade) {
    const Sides sides = sides_about(instrument, *trade);
    if (instrument.market == Market::Stocks) write_stock(out, *trade, sides);
    if (instrument.market == Market::Forex) write_forex(out, *trade, sides);
    if (instrument.market == Market::Crypto) write_crypto(out, *trade);
  }
  if (minute) {
    out.open("min");
    write_bar(out, instrument, *minute);
    out.integer("t", minute->open_time).close();
  }
  if (days.has_before) write_day(out, "prevDay", instrument, days.before);
  const std::int64_t seen = trade ? trade->time : 0;
  out.number("todaysChange", days.day.close - days.before.close);
  out.integer("updated", instrument.market == Market::Stocks ? seen * kNsPerMs : seen).close();
}

Market market_in_path(const Ask &ask) {
  return ask.path[5] == "stocks"  ? Market::Stocks
         : ask.path[5] == "forex" ? Market::Forex
                                  : Market::Crypto;
}

void write_session(JsonWriter &out, const Days &days) {
  const Candle &day = days.has_day ? days.day : days.before;
  out.open("session").number("change", day.close - days.before.close);
  out.number("close", day.close).number("high", day.high).number("low", day.low);
  out.number("open", day.open).number("previous_close", days.before.close).close();
}

void write_error(JsonWriter &out, const std::string &ticker, bool denied) {
  out.open().text("ticker", ticker).text("error", denied ? "NOT_ENTITLED" : "NOT_FOUND");
  out.text("message", denied ? "Not entitled to this ticker." : "Ticker not found.").close();
}

void write_v3(JsonWriter &out, const Ask &ask, const Instrument &instrument) {
  constexpr const char *types[] = {"stocks", "fx", "crypto", "indices"};
  const auto trade = last_trade(instrument, ask.now_ms());
  const std::int64_t ns = (trade ? trade->time : 0) * kNsPerMs;
  out.open().text("ticker", instrument.ticker).text("name", instrument.name);
  out.text("type", types[static_cast<std::size_t>(instrument.market)]);
  out.text("market_status", instrument.open_at(ask.now_ms()) ? "open" : "closed");
  write_session(out, days_of(instrument, ask.now_ms()));
  const char *timeframe = ask.settings.delayed ? "DELAYED" : "REAL-TIME";
  if (trade && instrument.market == Market::Indices)
    out.number("value", trade->price).text("timeframe", timeframe).integer("last_updated", ns);
  if (trade && instrument.market != Market::Indices) {
    const Sides sides = sides_about(instrument, *trade);
    out.open("last_quote").number("ask", sides.ask).number("bid", sides.bid);
    out.integer("last_updated", ns).text("timeframe", timeframe).close();
  }
  out.close();
}

std::vector<std::string> asked_for(const Ask &ask, Market market, bool any) {
  std::vector<std::string> all = ask.query.list("ticker.any_of");
  if (all.empty())
    for (const Instrument &each : ask.listing.all())
      if (any || each.market == market) all.push_back(each.ticker);
  const std::size_t most = ask.query.limit(kUsualSnapshots, kMostSnapshots);
  if (all.size() > most) all.resize(most);
  return all;
}

Reply many(const Ask &ask, Market market, bool any) {
  JsonWriter out;
  out.open().list("results");
  Reply reply = make_reply(200, kJson, {});
  for (const std::string &ticker : asked_for(ask, market, any)) {
    const Instrument *instrument = ask.listing.find(ticker);
    const bool denied = ask.settings.denies(ticker);
    if (instrument == nullptr || denied || (!any && instrument->market != market)) {
      write_error(out, ticker, denied);
      continue;
    }
    write_v3(out, ask, *instrument);
    ++reply.rows;
  }
  out.end_list().text("status", "OK").text("request_id", ask.id).close();
  reply.body = std::make_shared<const std::string>(out.take());
  return reply;
}

}  // namespace

Reply snapshots(const Ask &ask) {
  const Market market = market_in_path(ask);
  JsonWriter out;
  if (ask.path.size() == 8) {
    const Instrument &instrument = ask.listed(ask.path[7]);
    if (instrument.market != market) throw ApiError{404, "Ticker not found."};
    out.open().text("request_id", ask.id).text("status", ask.status());
    write_snapshot(out, "ticker", instrument, ask.now_ms());
    return make_reply(200, kJson, out.close().take());
  }
  const std::vector<std::string> wanted = ask.query.list("tickers");
  Reply reply = make_reply(200, kJson, {});
  out.open().text("status", ask.status()).list("tickers");
  for (const Instrument &each : ask.listing.all()) {
    const bool named = std::find(wanted.begin(), wanted.end(), each.ticker) != wanted.end();
    if (each.market != market || (!wanted.empty() && !named)) continue;
    ask.require(each.ticker);
    write_snapshot(out, {}, each, ask.now_ms());
    ++reply.rows;
  }
  out.end_list().integer("count", static_cast<std::int64_t>(reply.rows)).close();
  reply.body = std::make_shared<const std::string>(out.take());
  return reply;
}

Reply snapshot_v3(const Ask &ask) { return many(ask, Market::Stocks, true); }

Reply snapshot_indices(const Ask &ask) { return many(ask, Market::Indices, false); }

}  // namespace tapedeck::sim::polygon
