#include "decimals.hpp"
#include "kit/json_tree.hpp"
#include "parse.hpp"

namespace binance {
namespace {

namespace json = kit::json;
using kit::JsonTree;
using kit::object_of;
using kit::refuse;
using kit::text_of;
using kit::text_or_empty;
using kit::whole_number_or;

// Texts of one kind that share an exponent, and where their mantissas go.
struct Amount {
  const char *field;
  std::int64_t *cell;
};

// The finest exponent at which all amounts that are there fit.
template <std::size_t N>
int read_amounts(const json::object &from, const Amount (&amounts)[N], const std::string &where) {
  for (int exp = kFinestExp;; ++exp) {
    bool fits = true;
    for (const Amount &amount : amounts) {
      *amount.cell = TDK_NULL_I64;
      const std::string_view text = text_or_empty(from, amount.field, where);
      if (text.empty()) continue;
      const Scan scan = scan_decimal(text, exp, *amount.cell);
      if (scan == Scan::TooLarge && exp < 0)
        fits = false;
      else if (scan != Scan::Ok)
        refuse(where, std::string(amount.field) + " is no decimal that int64 holds: '" +
                          kit::excerpt(text) + "'");
    }
    if (fits) return exp;
  }
}

// Binance writes 0 for a side of the book that is empty and for a pair that never traded.
void forget_if_zero(std::int64_t &price, std::int64_t &size) {
  if (price != 0) return;
  price = TDK_NULL_I64;
  size = TDK_NULL_I64;
}

std::int64_t time_or_zero(const json::object &from, std::string_view field) {
  const std::int64_t ms = whole_number_or(from, field, 0);
  return ms > 0 && ms < kEndOfTimeMs ? ms : 0;
}

Ticker read_ticker(const json::value &from, const std::string &where) {
  const json::object &object = object_of(from, where);
  Ticker t;
  t.symbol = text_of(object, "symbol", where);
  t.time_ms = time_or_zero(object, "closeTime");
  const std::string here = where + " " + kit::excerpt(t.symbol);
  t.price_exp = read_amounts(
      object, {{"bidPrice", &t.bid}, {"askPrice", &t.ask}, {"lastPrice", &t.last}}, here);
  t.size_exp = read_amounts(
      object, {{"bidQty", &t.bid_size}, {"askQty", &t.ask_size}, {"lastQty", &t.last_size}}, here);
  t.volume_exp = read_amounts(object, {{"volume", &t.volume}}, here);
  forget_if_zero(t.bid, t.bid_size);
  forget_if_zero(t.ask, t.ask_size);
  forget_if_zero(t.last, t.last_size);
  return t;
}

}  // namespace

std::vector<Ticker> parse_tickers(std::string_view body) {
  const std::string where = "binance tickers";
  const JsonTree tree(body, where);
  std::vector<Ticker> out;
  if (const json::array *list = tree.root().if_array())
    for (const json::value &entry : *list)
      out.push_back(read_ticker(entry, where + ": entry " + std::to_string(out.size())));
  else
    out.push_back(read_ticker(tree.root(), where));
  return out;
}

std::int64_t parse_server_time(std::string_view body) {
  const std::string where = "binance time";
  const JsonTree tree(body, where);
  const std::int64_t ms = time_or_zero(object_of(tree.root(), where), "serverTime");
  if (ms == 0) refuse(where, "no usable serverTime in '" + kit::excerpt(body) + "'");
  return ms;
}

}  // namespace binance
