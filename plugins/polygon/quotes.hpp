// Quotes of any number of instruments, one request for each market.
#pragma once

#include "session.hpp"

#include <tapedeck/plugin.hpp>

namespace polygon {

// See Provider::fetch_quotes. TDK_NOT_FOUND or TDK_PERMISSION_DENIED when the vendor has nothing of
// what is asked for.
void fetch_quotes(Session &session, tapedeck::span<const tdk_str> symbols,
                  const tdk_quote_sink &sink, const tapedeck::Cancel &cancel);

}  // namespace polygon
