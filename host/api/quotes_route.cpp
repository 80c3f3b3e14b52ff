// GET /api/v1/quotes/{symbol} and GET /api/v1/quotes?symbols=: what vendors quote now.
#include "api/fact_json.hpp"
#include "api/query_params.hpp"
#include "api/routes.hpp"

namespace tapedeck::api {
namespace {

// The last trade, or else the middle of bid and ask, exactly.
void write_price(JsonWriter &json, const Tick &t) {
  std::int64_t twice = 0, price = 0;
  if (t.last != TDK_NULL_I64) return write_decimal(json, t.last, t.price_exp);
  const bool both = t.bid != TDK_NULL_I64 && t.ask != TDK_NULL_I64;
  if (!both || __builtin_add_overflow(t.bid, t.ask, &twice)) return write_decimal(json, TDK_NULL_I64, 0);
  if (twice % 2 == 0) return write_decimal(json, twice / 2, t.price_exp);
  if (__builtin_mul_overflow(twice, std::int64_t{5}, &price) || t.price_exp <= -18) price = TDK_NULL_I64;
  write_decimal(json, price, t.price_exp - 1);
}

void write_quote(JsonWriter &json, const Fact<Tick> &quote, Nanos now) {
  const Tick &t = quote.value;
  write_price(json.key("price"), t);
  write_decimal(json.key("bid"), t.bid, t.price_exp);
  write_decimal(json.key("ask"), t.ask, t.price_exp);
  write_decimal(json.key("bid_size"), t.bid_size, t.size_exp);
  write_decimal(json.key("ask_size"), t.ask_size, t.size_exp);
  write_decimal(json.key("last"), t.last, t.price_exp);
  write_decimal(json.key("last_size"), t.last_size, t.size_exp);
  write_decimal(json.key("volume"), t.volume, t.volume_exp);
  json.key("time").time(t.time).key("time_from").text((t.flags & TDK_QUOTE_HOST_TIME) != 0 ? "host" : "vendor");
  write_origin(json, quote, now);
}

// "A,B" as it was decoded.
std::vector<std::string> split(const std::string &list, std::size_t limit) {
  std::vector<std::string> out;
  for (std::size_t from = 0; from <= list.size();) {
    const std::size_t comma = std::min(list.find(',', from), list.size());
    if (comma == from) throw invalid_parameter("parameter 'symbols' has an empty symbol", "write symbols=BTCUSDT,ETHUSDT");
    out.push_back(list.substr(from, comma - from));
    from = comma + 1;
  }
  if (out.size() > limit)
    throw invalid_parameter("parameter 'symbols' has more than " + std::to_string(limit) + " symbols", "ask in several requests");
  return out;
}

std::vector<QuoteAnswer> ask(RouteCall &call, const std::vector<std::string> &symbols) try {
  const VendorCall vendor(call);
  return vendor.facts().quotes(symbols, call.cancel.raw());
} catch (const Error &e) {
  throw vendor_error(e);
}

}  // namespace

void answer_quote(RouteCall &call) {
  const QueryParams none(call.request.query, {});
  const QuoteAnswer answer = ask(call, {call.symbol}).front();
  if (answer.error) throw vendor_error(*answer.error);
  const Nanos now = call.server.ports.clock.now_ns();
  JsonWriter json;
  json.begin('{').key("symbol").text(answer.symbol);
  write_quote(json, *answer.quote, now);
  add_age(call, answer.quote->fetched_at, now);
  call.response.send(200, kJson, json.end('}').take() + "\n");
}

void answer_quotes(RouteCall &call) {
  const QueryParams params(call.request.query, {"symbols"});
  const std::string *list = params.find("symbols");
  if (list == nullptr) throw invalid_parameter("parameter 'symbols' is missing", "add symbols=BTCUSDT,ETHUSDT, for example");
  const auto answers = ask(call, split(*list, call.server.limits.quote_symbols));
  const Nanos now = call.server.ports.clock.now_ns();
  JsonWriter json;
  json.begin('{').key("quotes").begin('[');
  for (const auto &answer : answers) {
    json.begin('{').key("symbol").text(answer.symbol);
    if (answer.quote) write_quote(json, *answer.quote, now);
    else write_error(json, vendor_error(*answer.error));
    json.end('}');
  }
  call.response.send(200, kJson, json.end(']').end('}').take() + "\n");
}

}  // namespace tapedeck::api
