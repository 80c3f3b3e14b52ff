// A price as the quote that the host takes.
#pragma once

#include "parse.hpp"

#include <tapedeck/abi/market.h>

#include <optional>

namespace oanda {

// Nothing where a side of the book is empty. While the market is closed it is the last one, of its time.
// Sizes are absent where they do not fit. Throws TDK_BAD_DATA when the prices do not.
std::optional<tdk_quote> quote_of(const Price &price, tdk_str symbol);

}  // namespace oanda
