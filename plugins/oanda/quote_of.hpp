// A price as the quote that the host takes.
#pragma once

#include "parse.hpp"

#include <tapedeck/abi/market.h>

#include <optional>

namespace oanda {

// Nothing for a price that nobody can trade at: the market is closed, or a side of the book is
// empty. Sizes are absent where they do not fit. Throws TDK_BAD_DATA when the prices do not.
std::optional<tdk_quote> quote_of(const Price &price, tdk_str symbol);

}  // namespace oanda
