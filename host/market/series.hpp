// What is asked for and stored: instrument x interval x price type x adjustment.
#pragma once

#include <tapedeck/abi.h>

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "market/interval.hpp"

namespace tapedeck {

struct Series {
  std::string symbol;  // canonical: "BTC/USDT"
  Interval interval;
  std::uint32_t price_type = TDK_PRICE_TRADE;
  std::uint32_t adjustment = TDK_ADJ_RAW;

  std::string name() const;  // "BTC/USDT 1m"; price type and adjustment only where not the usual ones
  // Borrows `symbol` and `source`.
  tdk_series abi(std::string_view source = {}) const noexcept;
  static Series from_abi(const tdk_series &abi);
  bool operator==(const Series &) const = default;
};
bool operator<(const Series &a, const Series &b);

std::string_view price_type_name(std::uint32_t price_type) noexcept;  // "trade", "bid", "ask", "mid"
std::optional<std::uint32_t> parse_price_type(std::string_view name) noexcept;
// Which of several is meant where none is said: trade before mid, bid, ask.
int price_type_order(std::uint32_t price_type) noexcept;

// Why `symbol` is no canonical symbol ("BTC/USDT", "AAPL", "BRK.B"), nothing when it is one.
std::optional<std::string> symbol_problem(std::string_view symbol);

// True when two notations name the same canonical symbol: "BTCUSDT" and "BTC/USDT".
bool same_symbol(std::string_view a, std::string_view b) noexcept;

}  // namespace tapedeck
