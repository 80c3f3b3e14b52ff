// The newest prices of many instruments, as quotes.
#pragma once

#include "catalogue.hpp"
#include "session.hpp"

#include <tapedeck/layer/provider.hpp>

namespace oanda {

// One quote for every name asked that has one, in the order of asking. Names that the account does
// not know are left out; TDK_NOT_FOUND when it knows none.
void fetch_quotes(Session &session, Catalogue &catalogue, tapedeck::span<const tdk_str> symbols,
                  const tdk_quote_sink &sink, const tapedeck::Cancel &cancel);

}  // namespace oanda
