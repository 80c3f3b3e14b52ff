#include "symbols.hpp"

#include "kit/text.hpp"

#include <tapedeck/abi/market.h>
#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace polygon {
namespace {

// ISO 4217, the codes that are traded against others, and CNH; sorted.
constexpr auto kCurrencies = std::to_array<std::string_view>(
    {"AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT",
     "BGN", "BHD", "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD",
     "CDF", "CHF", "CLP", "CNH", "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP",
     "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GNF",
     "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JMD",
     "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP",
     "LKR", "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR",
     "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB",
     "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD",
     "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL",
     "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU",
     "UZS", "VES", "VND", "VUV", "WST", "XAF", "XCD", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG"});
static_assert(std::is_sorted(kCurrencies.begin(), kCurrencies.end()));
constexpr auto kMetals = std::to_array<std::string_view>({"XAG", "XAU", "XPD", "XPT"});

// Canonical name, and Polygon's; empty: Polygon does not have it.
struct Index {
  std::string_view canonical, ticker;
};
constexpr auto kIndices = std::to_array<Index>({{"SPX", "I:SPX"},
                                                {"US30", "I:DJI"},
                                                {"NAS100", "I:NDX"},
                                                {"US2000", "I:RUT"},
                                                {"VIX", "I:VIX"},
                                                {"UK100", ""},
                                                {"DE40", ""},
                                                {"FR40", ""},
                                                {"EU50", ""},
                                                {"JP225", ""},
                                                {"HK50", ""},
                                                {"AU200", ""},
                                                {"CN50", ""}});

// Quotes of crypto pairs, the longer ones first.
constexpr auto kCryptoQuotes = std::to_array<std::string_view>(
    {"USDT", "USDC", "USD", "EUR", "GBP", "JPY", "AUD", "CAD", "KRW", "TRY", "BRL", "BTC", "ETH"});

[[noreturn]] void refuse(std::string_view symbol, const char *why) {
  throw tapedeck::Error(TDK_INVALID_ARGUMENT,
                        "symbol '" + kit::excerpt(symbol) + "': " + why +
                            "; write AAPL, EUR/USD, BTC/USD or SPX, or C:EURUSD, X:BTCUSD, I:SPX");
}

bool is_currency(std::string_view code) {
  return std::binary_search(kCurrencies.begin(), kCurrencies.end(), code);
}
bool is_metal(std::string_view code) {
  return std::find(kMetals.begin(), kMetals.end(), code) != kMetals.end();
}
bool is_forex_side(std::string_view code) { return is_currency(code) || is_metal(code); }

bool is_code(std::string_view text, bool small_letters) {
  constexpr std::size_t kLongest = 20;
  const auto legal = [&](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (small_letters && c >= 'a' && c <= 'z');
  };
  return !text.empty() && text.size() <= kLongest && std::all_of(text.begin(), text.end(), legal);
}

// "BRK.B", "BACpL", "AGM.A".
bool is_stock(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == text.npos) return is_code(text, true);
  return is_code(text.substr(0, dot), true) && is_code(text.substr(dot + 1), true);
}

using Pair = std::pair<std::string_view, std::string_view>;

Ticker pair_ticker(Pair pair) {
  const std::string base(pair.first), quote(pair.second);
  if (is_forex_side(base) && is_forex_side(quote))
    return {Market::Forex, "C:" + base + quote, base + "/" + quote};
  return {Market::Crypto, "X:" + base + quote, base + "-" + quote};
}

// Base and quote of "EURUSD" or "BTCUSDT"; both empty when it cannot be taken apart.
Pair split_forex(std::string_view code) {
  return code.size() == 6 ? Pair{code.substr(0, 3), code.substr(3)} : Pair{};
}
Pair split_crypto(std::string_view code) {
  for (const std::string_view quote : kCryptoQuotes)
    if (code.size() > quote.size() && code.ends_with(quote))
      return {code.substr(0, code.size() - quote.size()), quote};
  return {};
}

// "C:EURUSD", "X:BTCUSD", "I:SPX".
Ticker own_ticker(std::string_view symbol) {
  const std::string_view code = symbol.substr(2);
  if (!is_code(code, false)) refuse(symbol, "it is no ticker");
  const std::string rest(symbol);
  if (symbol[0] == 'I') return {Market::Indices, rest, rest};
  if (symbol[0] != 'C' && symbol[0] != 'X') refuse(symbol, "options and others are not offered");
  const Pair pair = symbol[0] == 'C' ? split_forex(code) : split_crypto(code);
  if (pair.first.empty()) refuse(symbol, "its two sides cannot be told apart");
  const bool forex = symbol[0] == 'C';
  return {forex ? Market::Forex : Market::Crypto, rest,
          std::string(pair.first) + (forex ? "/" : "-") + std::string(pair.second)};
}

}  // namespace

const char *name_of(Market market) {
  constexpr const char *kNames[kMarkets] = {"stocks", "forex", "crypto", "indices"};
  return kNames[static_cast<int>(market)];
}

Ticker ticker_of(std::string_view canonical) {
  if (canonical.size() > 2 && canonical[1] == ':') return own_ticker(canonical);
  if (const std::size_t slash = canonical.find('/'); slash != canonical.npos) {
    const Pair pair{canonical.substr(0, slash), canonical.substr(slash + 1)};
    if (!is_code(pair.first, false) || !is_code(pair.second, false))
      refuse(canonical, "it is no pair of capital letters and digits");
    return pair_ticker(pair);
  }
  for (const Index &index : kIndices) {
    if (index.canonical != canonical) continue;
    if (!index.ticker.empty()) return own_ticker(index.ticker);
    throw tapedeck::Error(TDK_NOT_FOUND, "symbol '" + std::string(canonical) +
                                             "': Polygon has no such index; name another source");
  }
  if (!is_stock(canonical)) refuse(canonical, "it is no ticker");
  return {Market::Stocks, std::string(canonical), std::string(canonical)};
}

std::string canonical_of(std::string_view ticker, std::string_view base, std::string_view quote) {
  for (const Index &index : kIndices)
    if (!index.ticker.empty() && index.ticker == ticker) return std::string(index.canonical);
  const bool forex = ticker.starts_with("C:"), crypto = ticker.starts_with("X:");
  if (!forex && !crypto) return std::string(ticker);
  Pair pair{base, quote};
  if (base.empty() || quote.empty())
    pair = forex ? split_forex(ticker.substr(2)) : split_crypto(ticker.substr(2));
  if (pair.first.empty()) return std::string(ticker);
  return std::string(pair.first) + "/" + std::string(pair.second);
}

std::uint32_t price_type_of(Market market) {
  return market == Market::Forex ? TDK_PRICE_MID : TDK_PRICE_TRADE;
}

std::uint32_t asset_class_of(Market market, std::string_view ticker, std::string_view type) {
  if (market == Market::Crypto) return TDK_ASSET_CRYPTO;
  if (market == Market::Indices) return TDK_ASSET_INDEX;
  if (market == Market::Forex)
    return ticker.size() > 5 && is_metal(ticker.substr(2, 3)) ? TDK_ASSET_COMMODITY : TDK_ASSET_FX;
  const bool fund = type == "ETF" || type == "ETV" || type == "ETN" || type == "ETS";
  return fund ? TDK_ASSET_ETF : TDK_ASSET_EQUITY;
}

void require_price_type(const Ticker &ticker, std::uint32_t price_type) {
  if (price_type == price_type_of(ticker.market)) return;
  throw tapedeck::Error(TDK_NOT_SUPPORTED, "candles of " + ticker.rest + " are of " +
                                               (ticker.market == Market::Forex
                                                    ? "quotes only; ask for price type mid"
                                                    : "trades only; ask for price type trade"));
}

}  // namespace polygon
