#include "symbols.hpp"

#include "kit/text.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <array>

#include <tapedeck/abi/market.h>

namespace oanda {
namespace {

struct Index {
  std::string_view canonical, vendor;
};
// The first of a vendor's name is its canonical one, the first of a canonical one the vendor's.
constexpr std::array kIndices{
    Index{"SPX", "SPX500_USD"},    Index{"US30", "US30_USD"},    Index{"NAS100", "NAS100_USD"},
    Index{"US2000", "US2000_USD"}, Index{"UK100", "UK100_GBP"},  Index{"DE40", "DE30_EUR"},
    Index{"DE40", "DE40_EUR"},     Index{"DE30", "DE30_EUR"},    Index{"FR40", "FR40_EUR"},
    Index{"EU50", "EU50_EUR"},     Index{"JP225", "JP225_USD"},  Index{"HK50", "HK33_HKD"},
    Index{"AU200", "AU200_AUD"},   Index{"CN50", "CN50_USD"},    Index{"NL25", "NL25_EUR"},
    Index{"CH20", "CH20_CHF"},     Index{"ESPIX", "ESPIX_EUR"},  Index{"SG30", "SG30_SGD"},
    Index{"IN50", "IN50_USD"},     Index{"TWIX", "TWIX_USD"},    Index{"CHINAH", "CHINAH_HKD"}};

constexpr std::array<std::string_view, 8> kCoins{"BTC", "ETH", "LTC", "BCH",
                                                 "SOL", "XRP", "LINK", "MBTC"};
constexpr std::size_t kLongest = 40;

[[noreturn]] void refuse(std::string_view symbol, const std::string &why) {
  throw tapedeck::Error(TDK_INVALID_ARGUMENT, "symbol '" + kit::excerpt(symbol) + "': " + why +
                                                  "; write BASE/QUOTE such as EUR/USD, or the "
                                                  "name of an index such as US30");
}

bool allowed(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '/';
}

bool is_letters(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::string_view base_of(std::string_view vendor) { return vendor.substr(0, vendor.find('_')); }

}  // namespace

std::string vendor_symbol(std::string_view canonical) {
  std::string name(canonical);
  for (char &c : name)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (name.empty() || name.size() > kLongest) refuse(canonical, "it is empty or too long");
  if (!std::all_of(name.begin(), name.end(), allowed)) refuse(canonical, "a character is not allowed");
  for (const Index &index : kIndices)
    if (index.canonical == name) return std::string(index.vendor);
  const std::size_t cut = name.find_first_of("/_");
  if (cut == std::string::npos) {
    if (name.size() != 6 || !is_letters(name)) refuse(canonical, "OANDA has no such index or pair");
    return name.insert(3, "_");
  }
  if (cut == 0 || cut + 1 == name.size() || name.find_first_of("/_", cut + 1) != std::string::npos)
    refuse(canonical, "one side of '/' is empty, or there is more than one '/'");
  name[cut] = '_';
  return name;
}

std::string canonical_symbol(std::string_view vendor) {
  for (const Index &index : kIndices)
    if (index.vendor == vendor) return std::string(index.canonical);
  std::string name(vendor);
  if (const std::size_t cut = name.find('_'); cut != std::string::npos) name[cut] = '/';
  return name;
}

std::uint32_t asset_class(std::string_view vendor, std::string_view type, std::string_view tag) {
  const std::string_view base = base_of(vendor);
  const auto tagged = [&](std::string_view part) { return tag.find(part) != tag.npos; };
  if (std::find(kCoins.begin(), kCoins.end(), base) != kCoins.end() || tagged("CRYPTO"))
    return TDK_ASSET_CRYPTO;
  if (type == "CURRENCY") return TDK_ASSET_FX;
  if (type == "METAL" || tagged("COMMODITY") || tagged("METAL")) return TDK_ASSET_COMMODITY;
  if (tagged("BOND") || base.ends_with("YB") || (base.starts_with("USB") && base.ends_with("Y")))
    return TDK_ASSET_BOND;
  if (tagged("INDEX")) return TDK_ASSET_INDEX;
  for (const Index &index : kIndices)
    if (index.vendor == vendor) return TDK_ASSET_INDEX;
  constexpr std::array<std::string_view, 8> commodities{"BCO",   "CORN",  "NATGAS", "SOYBN",
                                                        "SUGAR", "WHEAT", "WTICO",  "XCU"};
  const bool known = std::find(commodities.begin(), commodities.end(), base) != commodities.end();
  return known ? TDK_ASSET_COMMODITY : TDK_ASSET_OTHER;
}

}  // namespace oanda
