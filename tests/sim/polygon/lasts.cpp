// The last trade and quote of an instrument, in the forms of three generations of the API: v2 in ns,
// v1 in ms, v3 in ns.
#include "sim/polygon/endpoints.hpp"
#include "sim/text.hpp"

namespace tapedeck::sim::polygon {
namespace {

struct Last {
  const Instrument &instrument;
  Trade trade;
  Sides sides;
  std::int64_t ns() const { return trade.time * kNsPerMs - 123'456; }
};

Last last_of(const Ask &ask, const std::string &ticker) {
  const Instrument &instrument = ask.listed(ticker);
  const auto trade = last_trade(instrument, ask.now_ms());
  if (!trade) throw ApiError{404, "Ticker not found."};
  return {instrument, *trade, sides_about(instrument, *trade)};
}

Reply finished(JsonWriter &out, const Ask &ask, const char *status) {
  out.text("status", status).text("request_id", ask.id).close();
  return make_reply(200, kJson, out.take());
}

void write_pair_quote(JsonWriter &out, const Last &last) {
  out.open("last").number("ask", last.sides.ask).number("bid", last.sides.bid);
  out.integer("exchange", 48).integer("timestamp", last.trade.time).close();
}

Wide parsed_amount(const Query &query) {
  const std::string_view text = query.has("amount") ? query.get("amount") : "1";
  const DecimalResult amount = parse_decimal(text);
  if (amount.error) throw ApiError{400, "Could not parse the 'amount' parameter"};
  return amount.value;
}

/// `C:EUR-USD` is how v3 spells `C:EURUSD`.
std::string without_dash(std::string text) {
  if (text.size() > 2 && text[1] == ':') std::erase(text, '-');
  return text;
}

}  // namespace

Reply last_trade_reply(const Ask &ask) {
  const Last last = last_of(ask, ask.path[3]);
  JsonWriter out;
  out.open().open("results").text("T", last.instrument.ticker).list("c").integer("", 12);
  out.end_list().text("i", std::to_string(last.trade.id)).number("p", last.trade.price);
  out.number("s", last.trade.quantity).integer("q", last.trade.id).integer("x", 4);
  out.integer("t", last.ns()).integer("y", last.ns() - 400'000).integer("z", 3).close();
  return finished(out, ask, "OK");
}

Reply last_nbbo(const Ask &ask) {
  const Last last = last_of(ask, ask.path[3]);
  const Sides &sides = last.sides;
  JsonWriter out;
  out.open().open("results").number("p", sides.bid).number("s", sides.bid_size).integer("x", 19);
  out.number("P", sides.ask).number("S", sides.ask_size).integer("X", 11).integer("z", 3);
  out.text("T", last.instrument.ticker).integer("t", last.ns()).integer("y", last.ns() - 200'000);
  out.integer("q", last.trade.id).close();
  return finished(out, ask, "OK");
}

Reply conversion(const Ask &ask) {
  const std::string &from = ask.path[2], &to = ask.path[3];
  const Last last = last_of(ask, "C:" + from + to);
  const Wide amount = parsed_amount(ask.query);
  const Wide converted = amount * last.sides.bid / kUnit / 1'000'000 * 1'000'000;
  JsonWriter out;
  out.open().number("converted", converted).text("from", from).number("initialAmount", amount);
  write_pair_quote(out, last);
  out.text("symbol", from + "/" + to).text("to", to);
  return finished(out, ask, "success");
}

Reply last_currencies(const Ask &ask) {
  const Last last = last_of(ask, "C:" + ask.path[3] + ask.path[4]);
  JsonWriter out;
  out.open();
  write_pair_quote(out, last);
  out.text("symbol", ask.path[3] + "/" + ask.path[4]);
  return finished(out, ask, "success");
}

Reply last_crypto(const Ask &ask) {
  const Last last = last_of(ask, "X:" + ask.path[3] + ask.path[4]);
  JsonWriter out;
  out.open().open("last").list("conditions").integer("", 2).end_list().integer("exchange", 2);
  out.number("price", last.trade.price).number("size", last.trade.quantity);
  out.integer("timestamp", last.trade.time).close();
  out.text("symbol", ask.path[3] + "-" + ask.path[4]);
  return finished(out, ask, "success");
}

/// The newest quotes, newest first: one for each trade of the last stretch.
Reply quotes_v3(const Ask &ask) {
  const Last last = last_of(ask, without_dash(ask.path[2]));
  const std::size_t limit = ask.query.limit(1'000, 50'000);
  std::vector<Trade> made;
  last.instrument.series->trades(last.trade.time, made);
  JsonWriter out;
  Reply reply;
  out.open().list("results");
  std::uint64_t rows = 0;
  for (auto trade = made.rbegin(); trade != made.rend() && rows < limit; ++trade) {
    if (trade->time > last.trade.time) continue;
    const Sides sides = sides_about(last.instrument, *trade);
    out.open().integer("ask_exchange", 48).number("ask_price", sides.ask);
    out.integer("bid_exchange", 48).number("bid_price", sides.bid);
    out.integer("participant_timestamp", trade->time * kNsPerMs).close();
    ++rows;
  }
  out.end_list();
  reply = finished(out, ask, "OK");
  reply.rows = rows;
  return reply;
}

}  // namespace tapedeck::sim::polygon
