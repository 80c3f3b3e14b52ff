// The last price of any number of symbols, in as few requests as the vendor's batches allow.
#pragma once

#include "session.hpp"

#include <tapedeck/layer/writers.hpp>

#include <functional>
#include <string>
#include <vector>

namespace twelvedata {

// One quote for every name asked that the vendor answered, in the order of asking. Throws when it
// refused all of them.
void fetch_quotes(Session &session, tapedeck::span<const tdk_str> symbols,
                  const tdk_quote_sink &sink, const tapedeck::Cancel &cancel);

// Calls each(symbol, body) for the parts of an answer to `symbols`: one symbol is answered flat,
// also when it is the only one of a list, several by an object with a member each.
void each_part(const kit::JsonValue &body, const std::vector<std::string> &symbols,
               const std::function<void(const std::string &, const kit::JsonValue &)> &each);

}  // namespace twelvedata
