// Names of instruments, both ways: "EUR/USD" is EUR_USD at OANDA, "SPX" SPX500_USD.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace oanda {

// A name of the vendor's own is taken as it is. Throws TDK_INVALID_ARGUMENT for what can be no
// symbol.
std::string vendor_symbol(std::string_view canonical);

// "EUR/USD" of EUR_USD, "DE40" of DE30_EUR: the name is older than the index's last ten members.
std::string canonical_symbol(std::string_view vendor);

// TDK_ASSET_*, by the vendor's type (CURRENCY, METAL, CFD), its tag (INDEX, COMMODITY, BOND, ...)
// and the name.
std::uint32_t asset_class(std::string_view vendor, std::string_view type, std::string_view tag);

}  // namespace oanda
