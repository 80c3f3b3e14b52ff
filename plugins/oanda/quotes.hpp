// Prices as quotes, and the newest ones of many instruments.
#pragma once

#include "catalogue.hpp"
#include "parse.hpp"
#include "session.hpp"

#include <tapedeck/layer/provider.hpp>

#include <optional>

namespace oanda {

// Nothing for a price that nobody can trade at: the market is closed, or a side of the book is
// empty. Sizes are absent where they do not fit. Throws TDK_BAD_DATA when the prices do not.
std::optional<tdk_quote> quote_of(const Price &price, tdk_str symbol);

// One quote for every name asked that has one, in the order of asking. Names that the account does
// not know are left out; TDK_NOT_FOUND when it knows none.
void fetch_quotes(Session &session, Catalogue &catalogue, tapedeck::span<const tdk_str> symbols,
                  const tdk_quote_sink &sink, const tapedeck::Cancel &cancel);

}  // namespace oanda
