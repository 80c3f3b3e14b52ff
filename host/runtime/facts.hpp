// What vendors know beside candles: symbols and economic events, by value, and their way over the ABI.
#pragma once

#include <tapedeck/abi.h>

#include <cstdint>
#include <optional>
#include <string>

#include "market/tick.hpp"

namespace tapedeck {

struct SymbolInfo {
  std::string symbol{};         // canonical
  std::string vendor_symbol{};
  std::uint32_t status = TDK_SYMBOL_UNKNOWN;
  std::uint32_t asset_class = TDK_ASSET_OTHER;
  std::string name{}, exchange{}, currency{}, country{}, isin{};
  std::optional<std::int32_t> price_exp{};  // tick precision
  std::optional<Nanos> earliest{};
  std::string source{};                     // from storages
  Nanos fetched_at = 0;                     // likewise
  bool operator==(const SymbolInfo &) const = default;
};

struct QuoteRow {
  std::string symbol;  // canonical
  Tick tick;
  bool operator==(const QuoteRow &) const = default;
};

struct ExactDecimal {
  std::int64_t mantissa = 0;
  std::int32_t exp = 0;
  bool operator==(const ExactDecimal &) const = default;
};

struct EconomicEvent {
  Nanos time = 0;
  std::uint32_t importance = 0;  // 0 unknown, 1 low, 2 medium, 3 high
  std::string id{}, title{}, country{}, currency{}, unit{};
  std::optional<ExactDecimal> actual{}, forecast{}, previous{};
  std::string source{};          // from storages
  Nanos fetched_at = 0;          // likewise
  bool operator==(const EconomicEvent &) const = default;
};

// Of checked structs; what comes back borrows its argument.
SymbolInfo symbol_of(const tdk_symbol &symbol);
tdk_symbol abi_of(const SymbolInfo &symbol) noexcept;
EconomicEvent event_of(const tdk_calendar_event &event);
tdk_calendar_event abi_of(const EconomicEvent &event) noexcept;

// "stock", "index", "forex", ... of a TDK_ASSET_*, as asset_class_name() has them.
const char *asset_name(std::uint32_t asset_class) noexcept;

}  // namespace tapedeck
