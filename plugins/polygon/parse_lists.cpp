// Snapshots and the list of tickers.
#include "kit/text.hpp"
#include "parse.hpp"

#include <algorithm>

namespace polygon {
namespace {

using kit::Decimal;
using kit::JsonValue;

// Polygon writes 0, or leaves out, what there is not: a cleared snapshot, an empty side of the book.
std::optional<Decimal> amount(const JsonValue &value) {
  if (!value.exists()) return {};
  const Decimal out = value.decimal();
  if (out.mantissa < 0) value.refuse("is negative");
  return out.mantissa == 0 ? std::nullopt : std::optional(out);
}

std::int64_t time_of(const JsonValue &value) { return time_ns_of(value.whole_number_or(0)); }

void note_time(Snapshot &out, const JsonValue &value) {
  out.time_ns = std::max(out.time_ns, time_of(value));
}

bool forget_without_price(const std::optional<Decimal> &price, std::optional<Decimal> &size) {
  if (!price) size.reset();
  return price.has_value();
}

// Letters that differ by case only: p and s are the bid's, P and S the ask's; of forex a and b.
void read_old_quote(const JsonValue &quote, bool forex, Snapshot &out) {
  if (!quote.exists()) return;
  out.bid = amount(quote[forex ? "b" : "p"]);
  out.ask = amount(quote[forex ? "a" : "P"]);
  if (!forex) {
    out.bid_size = amount(quote["s"]);
    out.ask_size = amount(quote["S"]);
  }
  forget_without_price(out.bid, out.bid_size);
  forget_without_price(out.ask, out.ask_size);
  if (out.bid || out.ask) note_time(out, quote["t"]);
}

Snapshot read_old(const JsonValue &row) {
  Snapshot out;
  out.ticker = row["ticker"].text();
  const bool forex = out.ticker.starts_with("C:");
  read_old_quote(row["lastQuote"], forex, out);
  const JsonValue trade = row["lastTrade"];
  if (trade.exists()) {
    out.last = amount(trade["p"]);
    out.last_size = amount(trade["s"]);
    if (forget_without_price(out.last, out.last_size)) note_time(out, trade["t"]);
  }
  if (!forex && row["day"].exists()) out.volume = amount(row["day"]["v"]);
  if (out.time_ns == 0) note_time(out, row["updated"]);
  return out;
}

Snapshot read_new(const JsonValue &row) {
  Snapshot out;
  out.ticker = row["ticker"].text();
  out.error = row["error"].text_or({});
  if (!out.error.empty()) return out;
  const JsonValue quote = row["last_quote"], trade = row["last_trade"];
  if (quote.exists()) {
    out.bid = amount(quote["bid"]);
    out.ask = amount(quote["ask"]);
    out.bid_size = amount(quote["bid_size"]);
    out.ask_size = amount(quote["ask_size"]);
    note_time(out, quote["last_updated"]);
  }
  if (trade.exists()) {
    out.last = amount(trade["price"]);
    out.last_size = amount(trade["size"]);
    const JsonValue told = trade["last_updated"];
    note_time(out, told.exists() ? told : trade["sip_timestamp"]);
  }
  if (row["value"].exists()) out.last = amount(row["value"]);
  note_time(out, row["last_updated"]);
  if (row["session"].exists()) out.volume = amount(row["session"]["volume"]);
  return out;
}

void check_status(const JsonValue &root) {
  if (!root.is_object()) root.refuse("is not an object");
  require_success(root, root["status"].text_or("OK"));
}

std::optional<Market> market_named(std::string_view name) {
  if (name == "stocks" || name == "otc") return Market::Stocks;
  if (name == "fx") return Market::Forex;
  if (name == "crypto") return Market::Crypto;
  if (name == "indices") return Market::Indices;
  return {};
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char &c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

Listing read_listing(const JsonValue &row, Market market) {
  Listing out;
  out.ticker = row["ticker"].text();
  if (out.ticker.empty()) row["ticker"].refuse("is empty");
  out.name = row["name"].text_or({});
  out.type = row["type"].text_or({});
  out.exchange = row["primary_exchange"].text_or({});
  out.base = row["base_currency_symbol"].text_or({});
  out.quote = row["currency_symbol"].text_or({});
  const bool pair = market == Market::Forex || market == Market::Crypto;
  out.currency = pair ? out.quote : upper(row["currency_name"].text_or({}));
  out.active = !row["active"].exists() || row["active"].boolean();
  out.market = market;
  return out;
}

}  // namespace

std::vector<Snapshot> parse_snapshots(std::string_view body) {
  const kit::ExactJson tree(body, "polygon snapshot");
  const JsonValue root = tree.root();
  check_status(root);
  std::vector<Snapshot> out;
  if (root["ticker"].is_object()) out.push_back(read_old(root["ticker"]));
  if (root["tickers"].exists())
    for (const JsonValue row : root["tickers"].children()) out.push_back(read_old(row));
  if (root["results"].exists())
    for (const JsonValue row : root["results"].children()) out.push_back(read_new(row));
  const bool answers = root["ticker"].exists() || !root["tickers"].absent() || !root["results"].absent();
  if (!answers) root.refuse("has neither ticker, tickers nor results");
  return out;
}

Listings parse_tickers(std::string_view body) {
  const kit::ExactJson tree(body, "polygon tickers");
  const JsonValue root = tree.root();
  check_status(root);
  Listings out;
  out.next_url = root["next_url"].text_or({});
  const JsonValue results = root["results"];
  if (!results.exists()) return out;
  if (!results.is_array()) results.refuse("is not an array");
  for (const JsonValue row : results.children())
    if (const auto market = market_named(row["market"].text_or({})))
      out.rows.push_back(read_listing(row, *market));
  return out;
}

}  // namespace polygon
