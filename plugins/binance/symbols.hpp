// Canonical instrument names ("BTC/USDT") to Binance's notation ("BTCUSDT").
#pragma once

#include <string>
#include <string_view>

namespace binance {

// The slash removed, ASCII letters in upper case. A name without a slash is taken as Binance's own.
// Letters beyond ASCII pass (such symbols exist since 2025-12); throws TDK_INVALID_ARGUMENT for
// what Binance's own rule '^[\w\-._&&[^a-z]]{1,50}$' cannot match, before it costs a request.
std::string vendor_symbol(std::string_view canonical);

}  // namespace binance
