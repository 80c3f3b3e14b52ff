// Canonical instrument names and Polygon's: a ticker for REST, another spelling for streams.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace polygon {

enum class Market { Stocks, Forex, Crypto, Indices };
inline constexpr int kMarkets = 4;
const char *name_of(Market market);  // as in the path of its WebSocket: "stocks"

struct Ticker {
  Market market = Market::Stocks;
  std::string rest;    // "AAPL", "C:EURUSD", "X:BTCUSD", "I:SPX"
  std::string stream;  // "AAPL", "EUR/USD", "BTC-USD", "I:SPX"
};

// "AAPL", "BRK.B": stocks, whose letters' case matters. "EUR/USD", "XAU/USD" (both sides a currency or
// a metal): forex. Any other pair: crypto. "SPX", "US30" and other names of indices: indices.
// "C:EURUSD", "X:BTCUSD", "I:NDX" are Polygon's own. Throws TDK_INVALID_ARGUMENT for what cannot be a
// symbol, and TDK_NOT_FOUND for indices that Polygon does not have: it answers "no rows" for any
// name, so a name that is none must not reach it.
Ticker ticker_of(std::string_view canonical);

// The canonical name of a ticker of REST. `base` and `quote`: as the vendor tells them, of pairs;
// empty: by their spelling.
std::string canonical_of(std::string_view ticker, std::string_view base = {},
                         std::string_view quote = {});

// TDK_PRICE_TRADE, and of forex TDK_PRICE_MID: the vendor makes those candles of bid and ask, and
// does not say how.
std::uint32_t price_type_of(Market market);

// TDK_ASSET_*, by the market and by the type of a stock ("CS", "ETF").
std::uint32_t asset_class_of(Market market, std::string_view ticker, std::string_view type);

// Throws TDK_NOT_SUPPORTED, saying what there is instead.
void require_price_type(const Ticker &ticker, std::uint32_t price_type);

}  // namespace polygon
