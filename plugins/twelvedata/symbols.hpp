// Canonical symbols and Twelve Data's, both ways, and what kind of thing a symbol names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace twelvedata {

// "EUR/USD" is "EUR/USD", "AAPL" is "AAPL", "US30" is "DJI"; a listing elsewhere keeps its
// exchange: "RY:TSX". Throws TDK_INVALID_ARGUMENT for what the vendor could not list.
std::string vendor_symbol(std::string_view canonical);
std::string canonical_symbol(std::string_view vendor);

std::string upper(std::string_view text);  // of ASCII

// TDK_ASSET_*: FX, COMMODITY (metals too), CRYPTO, INDEX, EQUITY.
std::uint32_t asset_class_of(std::string_view canonical);

// The one price type its candles have: TDK_PRICE_MID for currencies and metals, whose basis the
// vendor does not tell, else TDK_PRICE_TRADE.
std::uint32_t price_type_of(std::uint32_t asset_class);

}  // namespace twelvedata
