#include "symbols.hpp"

#include "kit/text.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>

namespace binance {
namespace {

constexpr std::size_t kLongestSymbol = 50;  // characters, by the vendor's rule

[[noreturn]] void refuse(std::string_view symbol, const std::string &why) {
  throw tapedeck::Error(TDK_INVALID_ARGUMENT, "symbol '" + kit::excerpt(symbol) + "': " + why +
                                                  "; write BASE/QUOTE such as BTC/USDT");
}

bool allowed(char c) {
  const bool beyond_ascii = static_cast<unsigned char>(c) >= 0x80;
  return beyond_ascii || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
         c == '-';
}

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

}  // namespace

std::string vendor_symbol(std::string_view canonical) {
  const std::size_t slash = canonical.find('/');
  if (slash == 0 || slash + 1 == canonical.size()) refuse(canonical, "one side of '/' is empty");
  std::string out(canonical);
  if (slash != std::string::npos) out.erase(slash, 1);
  std::transform(out.begin(), out.end(), out.begin(), upper);
  if (out.empty()) refuse(canonical, "it is empty");
  for (char c : out)
    if (!allowed(c))
      refuse(
          canonical,
          std::string("the character '").append(kit::excerpt({&c, 1})).append("' is not allowed"));
  if (std::count_if(out.begin(), out.end(), starts_character) > std::ptrdiff_t{kLongestSymbol})
    refuse(canonical, "it is longer than 50 characters");
  return out;
}

}  // namespace binance
