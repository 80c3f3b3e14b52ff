#include "quotes.hpp"

#include "kit/text.hpp"
#include "parse.hpp"
#include "symbols.hpp"

#include <algorithm>
#include <map>

namespace binance {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::size_t kSymbolsPerRequest = 20;

using Names = std::vector<std::string>;

// /ticker/24hr weighs 2 up to 20 symbols, 40 up to 100 and 80 beyond: twenties are cheapest until
// 800. /ticker/bookTicker weighs 2 for one symbol, 4 for more. One `symbol` is answered by an
// object, `symbols` by an array.
Get ticker_request(const Names &names, bool from_book) {
  Get get{"quotes of " + kit::excerpt(names.front()), "/api/v3/ticker/", 2};
  get.path += from_book ? "bookTicker?" : "24hr?";
  if (names.size() == 1) {
    get.path += "symbol=" + kit::percent_encoded(names.front());
    return get;
  }
  std::string list;
  for (const std::string &name : names) list += (list.empty() ? "[\"" : ",\"") + name + "\"";
  get.doing += " and " + std::to_string(names.size() - 1) + " more";
  get.path += "symbols=" + kit::percent_encoded(list + "]");
  get.weight = from_book ? 4 : 2;
  return get;
}

tdk_quote quote_of(const Ticker &t, tdk_str symbol) {
  tdk_quote q{};
  q.symbol = symbol;
  q.time = t.time_ms * kMs;
  q.price_exp = t.price_exp;
  q.size_exp = t.size_exp;
  q.volume_exp = t.volume_exp;
  q.bid = t.bid;
  q.ask = t.ask;
  q.last = t.last;
  q.bid_size = t.bid_size;
  q.ask_size = t.ask_size;
  q.last_size = t.last_size;
  q.volume = t.volume;
  q.sequence = q.trades = TDK_NULL_I64;
  return q;
}

// The names to ask for, each once: a repeated one is refused (-1151).
Names unique(Names names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

using TickersByName = std::map<std::string, Ticker>;

void fetch_tickers(Session &session, const Names &names, TickersByName &out,
                   const tapedeck::Cancel &cancel) {
  const bool from_book = session.settings().quotes_from_book;
  session.get(ticker_request(names, from_book), cancel, [&](std::string_view body) {
    for (Ticker &t : parse_tickers(body)) {
      if (t.time_ms == 0) t.time_ms = session.host().now() / kMs;
      std::string name = t.symbol;
      out.insert_or_assign(std::move(name), std::move(t));
    }
  });
}

}  // namespace

void fetch_quotes(Session &session, tapedeck::span<const tdk_str> symbols,
                  const tdk_quote_sink &sink, const tapedeck::Cancel &cancel) {
  Names asked;
  for (const tdk_str &symbol : symbols) asked.push_back(vendor_symbol(tapedeck::sv(symbol)));
  const Names names = unique(asked);
  TickersByName tickers;
  for (auto first = names.begin(); first != names.end();) {
    const auto left = static_cast<std::size_t>(names.end() - first);
    const auto end = first + static_cast<std::ptrdiff_t>(std::min(left, kSymbolsPerRequest));
    cancel.check();
    fetch_tickers(session, Names(first, end), tickers, cancel);
    first = end;
  }
  tapedeck::QuoteWriter out(sink);
  for (std::size_t i = 0; i < asked.size(); ++i)
    if (const auto hit = tickers.find(asked[i]); hit != tickers.end())
      out.push(quote_of(hit->second, symbols[i]));
}

}  // namespace binance
