#include "market/series.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <array>
#include <tuple>

namespace tapedeck {
namespace {

constexpr std::array<std::string_view, 4> kPriceTypes = {"trade", "bid", "ask", "mid"};
constexpr std::array<std::string_view, 3> kAdjustments = {"raw", "split", "all"};

auto key(const Series &s) {
  return std::make_tuple(std::string_view(s.symbol), s.interval.abi().unit, s.interval.abi().count,
                         s.price_type, s.adjustment);
}

bool symbol_char(unsigned char c) {
  // Beyond ASCII: Binance lists symbols with such letters since 2025-12.
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' || c >= 0x80;
}

}  // namespace

std::string Series::name() const {
  std::string out = symbol + " " + interval.name();
  if (price_type != TDK_PRICE_TRADE) out += " " + std::string(price_type_name(price_type));
  if (adjustment != TDK_ADJ_RAW && adjustment < kAdjustments.size())
    out += " adjusted:" + std::string(kAdjustments[adjustment]);
  return out;
}

tdk_series Series::abi(std::string_view source) const noexcept {
  tdk_series s{};
  s.struct_size = sizeof s;
  s.price_type = price_type;
  s.source = str(source);
  s.symbol = str(symbol);
  s.interval = interval.abi();
  s.adjustment = adjustment;
  return s;
}

Series Series::from_abi(const tdk_series &abi) {
  return {std::string(sv(abi.symbol)), Interval(abi.interval), abi.price_type, abi.adjustment};
}

bool operator<(const Series &a, const Series &b) { return key(a) < key(b); }

std::string_view price_type_name(std::uint32_t price_type) noexcept {
  return price_type < kPriceTypes.size() ? kPriceTypes[price_type] : "unknown";
}

std::optional<std::uint32_t> parse_price_type(std::string_view name) noexcept {
  for (std::uint32_t i = 0; i < kPriceTypes.size(); ++i)
    if (kPriceTypes[i] == name) return i;
  return std::nullopt;
}

int price_type_order(std::uint32_t price_type) noexcept {
  switch (price_type) {
    case TDK_PRICE_TRADE: return 0;
    case TDK_PRICE_MID: return 1;
    case TDK_PRICE_BID: return 2;
    default: return 3;
  }
}

std::optional<std::string> symbol_problem(std::string_view symbol) {
  if (symbol.empty()) return "a symbol is empty";
  if (symbol.size() > 50) return "a symbol has at most 50 characters";
  const std::size_t slash = symbol.find('/');
  if (slash != std::string_view::npos &&
      (slash == 0 || slash + 1 == symbol.size() || symbol.find('/', slash + 1) != std::string_view::npos))
    return "a symbol with a slash reads BASE/QUOTE, e.g. BTC/USDT";
  for (char c : symbol)
    if (c != '/' && !symbol_char(static_cast<unsigned char>(c)))
      return c >= 'a' && c <= 'z' ? "a symbol is written in upper case, e.g. BTC/USDT"
                                  : "a symbol has letters, digits, '.', '-', '_' and one '/', e.g. BTC/USDT";
  return std::nullopt;
}

bool same_symbol(std::string_view a, std::string_view b) noexcept {
  auto i = a.begin();
  auto j = b.begin();
  for (;;) {
    while (i != a.end() && *i == '/') ++i;
    while (j != b.end() && *j == '/') ++j;
    if (i == a.end() || j == b.end()) return i == a.end() && j == b.end();
    if (*i++ != *j++) return false;
  }
}

}  // namespace tapedeck
