#include "quotes.hpp"

#include "parse.hpp"

#include "kit/text.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <vector>

namespace polygon {
namespace {

constexpr int kPreferredExp = -8;
constexpr std::size_t kNamesPerRequest = 250;  // what /v3/snapshot takes

using Names = std::vector<std::string>;
using ByTicker = std::map<std::string, Snapshot>;

// Names joined by commas: of a parameter that is repeated the vendor keeps one.
std::string joined(const Names &names, std::size_t first, std::size_t end) {
  std::string out;
  for (std::size_t i = first; i < end; ++i)
    out += (i > first ? "," : "") + kit::percent_encoded(names[i]);
  return out;
}

std::string path_of(Market market, const std::string &names) {
  switch (market) {
    case Market::Stocks:
      return "/v2/snapshot/locale/us/markets/stocks/tickers?tickers=" + names;
    case Market::Forex:
      return "/v2/snapshot/locale/global/markets/forex/tickers?tickers=" + names;
    case Market::Crypto:
      return "/v2/snapshot/locale/global/markets/crypto/tickers?tickers=" + names;
    case Market::Indices:
      break;
  }
  return "/v3/snapshot/indices?limit=250&ticker.any_of=" + names;
}

// Values and where they go; what is unknown stays so. Returns the exponent they share.
struct Cell {
  const std::optional<kit::Decimal> &value;
  std::int64_t &out;
};
template <std::size_t N>
int fill(const std::array<Cell, N> &cells, const std::string &ticker) {
  std::vector<kit::Decimal> known;
  for (const Cell &cell : cells)
    if (cell.value) known.push_back(*cell.value);
  const auto exp = kit::common_exponent(known, kPreferredExp);
  if (!exp)
    throw tapedeck::Error(TDK_BAD_DATA, "polygon snapshot: the amounts of " +
                                            kit::excerpt(ticker) + " share no exponent in int64");
  for (const Cell &cell : cells)
    if (cell.value) kit::mantissa_at(*cell.value, *exp, cell.out);
  return *exp;
}

tdk_quote quote_of(const Snapshot &s, tdk_str symbol, std::int64_t now_ns) {
  tdk_quote q{};
  q.bid = q.ask = q.last = q.bid_size = q.ask_size = q.last_size = q.volume = TDK_NULL_I64;
  q.sequence = q.trades = TDK_NULL_I64;
  q.symbol = symbol;
  q.time = s.time_ns != 0 ? s.time_ns : now_ns;
  q.flags = s.time_ns != 0 ? 0U : TDK_QUOTE_HOST_TIME;
  q.price_exp = fill<3>({{{s.bid, q.bid}, {s.ask, q.ask}, {s.last, q.last}}}, s.ticker);
  q.size_exp = fill<3>(
      {{{s.bid_size, q.bid_size}, {s.ask_size, q.ask_size}, {s.last_size, q.last_size}}}, s.ticker);
  q.volume_exp = fill<1>({{{s.volume, q.volume}}}, s.ticker);
  return q;
}

void fetch_market(Session &session, Market market, const Names &names, ByTicker &out,
                  const tapedeck::Cancel &cancel) {
  for (std::size_t first = 0; first < names.size(); first += kNamesPerRequest) {
    const std::size_t end = std::min(first + kNamesPerRequest, names.size());
    session.get("snapshots of " + std::string(name_of(market)),
                path_of(market, joined(names, first, end)), cancel, [&](std::string_view body) {
                  for (Snapshot &s : parse_snapshots(body)) {
                    std::string ticker = s.ticker;
                    out.insert_or_assign(std::move(ticker), std::move(s));
                  }
                });
  }
}

[[noreturn]] void nothing_of(const std::vector<Ticker> &asked, bool denied) {
  const std::string doing = "quotes of " + kit::excerpt(asked.front().rest) + ": ";
  if (denied)
    throw tapedeck::Error(TDK_PERMISSION_DENIED,
                          doing + "the plan of this key does not have it; upgrade it, or ask for others");
  throw tapedeck::Error(TDK_NOT_FOUND,
                        doing + "Polygon has none; search for the symbol to see how it is listed");
}

}  // namespace

void fetch_quotes(Session &session, tapedeck::span<const tdk_str> symbols,
                  const tdk_quote_sink &sink, const tapedeck::Cancel &cancel) {
  std::vector<Ticker> asked;
  std::array<Names, kMarkets> names;
  for (const tdk_str &symbol : symbols) {
    asked.push_back(ticker_of(tapedeck::sv(symbol)));
    Names &of_market = names[static_cast<std::size_t>(asked.back().market)];
    if (std::find(of_market.begin(), of_market.end(), asked.back().rest) == of_market.end())
      of_market.push_back(asked.back().rest);
  }
  ByTicker found;
  std::optional<tapedeck::Error> refused;  // each market has plans of its own: others go on
  for (std::size_t i = 0; i < names.size(); ++i) {
    try {
      fetch_market(session, static_cast<Market>(i), names[i], found, cancel);
    } catch (const tapedeck::Error &e) {
      if (e.code() != TDK_PERMISSION_DENIED) throw;
      refused = e;
    }
  }
  tapedeck::QuoteWriter out(sink);
  const std::int64_t now = session.host().now();
  bool any = false, denied = false;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const auto hit = found.find(asked[i].rest);
    if (hit == found.end()) continue;
    denied = denied || hit->second.error == "NOT_ENTITLED";
    if (!hit->second.error.empty()) continue;
    any = true;
    // Between 03:30 and 04:00 New York snapshots are cleared.
    if (const Snapshot &s = hit->second; s.bid || s.ask || s.last) out.push(quote_of(s, symbols[i], now));
  }
  if (!any && refused) throw tapedeck::Error(*refused);
  if (!any && !asked.empty()) nothing_of(asked, denied);
}

}  // namespace polygon
