// Quotes of any number of symbols, in as few and as cheap requests as Binance's weights allow.
#pragma once

#include "session.hpp"

#include <tapedeck/plugin.hpp>

namespace binance {

// See Provider::fetch_quotes. A symbol that Binance does not list fails the whole call, as it fails
// the vendor's request: TDK_NOT_FOUND.
void fetch_quotes(Session &session, tapedeck::span<const tdk_str> symbols,
                  const tdk_quote_sink &sink, const tapedeck::Cancel &cancel);

}  // namespace binance
