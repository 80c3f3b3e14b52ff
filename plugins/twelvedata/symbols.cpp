#include "symbols.hpp"

#include "kit/text.hpp"

#include <tapedeck/abi/market.h>
#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <array>

namespace twelvedata {
namespace {

constexpr std::size_t kLongestSymbol = 48;

struct Index {
  std::string_view canonical, vendor;
};
constexpr std::array kIndices{
    Index{"SPX", "SPX"},    Index{"US30", "DJI"},   Index{"NAS100", "NDX"},
    Index{"US2000", "RUT"}, Index{"VIX", "VIX"},    Index{"UK100", "UKX"},
    Index{"DE40", "GDAXI"}, Index{"JP225", "N225"}, Index{"HK50", "HSI"}};

// ISO 4217, and offshore renminbi.
constexpr std::string_view kCurrencies =
    " AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP "
    "BYN BZD CAD CDF CHF CLP CNH CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP "
    "GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS "
    "KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR "
    "MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF "
    "SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD "
    "TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG ";
constexpr std::string_view kMetals = " XAU XAG XPT XPD ";

bool listed(std::string_view codes, std::string_view code) {
  return codes.find(" " + std::string(code) + " ") != codes.npos;
}

[[noreturn]] void refuse(std::string_view symbol, const char *why) {
  throw tapedeck::Error(TDK_INVALID_ARGUMENT,
                        "symbol '" + kit::excerpt(symbol) + "': " + why +
                            "; write a pair such as EUR/USD, a ticker such as AAPL or RY:TSX");
}

// A comma would make a list of it.
bool allowed(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("/.:-_&^=").find(c) != std::string_view::npos;
}

}  // namespace

std::string upper(std::string_view text) {
  std::string out(text);
  for (char &c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

std::string vendor_symbol(std::string_view canonical) {
  const std::string symbol = upper(canonical);
  if (symbol.empty()) refuse(canonical, "it is empty");
  if (symbol.size() > kLongestSymbol) refuse(canonical, "it is too long");
  if (!std::all_of(symbol.begin(), symbol.end(), allowed))
    refuse(canonical, "it has a character that no symbol has");
  if (symbol.front() == '/' || symbol.back() == '/') refuse(canonical, "one side of '/' is empty");
  for (const Index &index : kIndices)
    if (index.canonical == symbol) return std::string(index.vendor);
  return symbol;
}

std::string canonical_symbol(std::string_view vendor) {
  for (const Index &index : kIndices)
    if (index.vendor == vendor) return std::string(index.canonical);
  return std::string(vendor);
}

std::uint32_t asset_class_of(std::string_view canonical) {
  const std::string symbol = upper(canonical);
  const std::size_t slash = symbol.find('/');
  if (slash == symbol.npos) {
    const bool index = std::any_of(kIndices.begin(), kIndices.end(), [&](const Index &i) {
      return i.canonical == symbol || i.vendor == symbol;
    });
    return index ? TDK_ASSET_INDEX : TDK_ASSET_EQUITY;
  }
  const std::string_view base = std::string_view(symbol).substr(0, slash);
  const std::string_view quote = std::string_view(symbol).substr(slash + 1);
  if (listed(kMetals, base)) return TDK_ASSET_COMMODITY;
  return listed(kCurrencies, base) && listed(kCurrencies, quote) ? TDK_ASSET_FX : TDK_ASSET_CRYPTO;
}

std::uint32_t price_type_of(std::uint32_t asset_class) {
  const bool quoted = asset_class == TDK_ASSET_FX || asset_class == TDK_ASSET_COMMODITY;
  return quoted ? TDK_PRICE_MID : TDK_PRICE_TRADE;
}

}  // namespace twelvedata
