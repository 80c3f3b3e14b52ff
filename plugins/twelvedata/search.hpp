// What the vendor lists: by a search of its own, or its catalogues.
#pragma once

#include "session.hpp"

#include <tapedeck/layer/writers.hpp>

#include <cstdint>
#include <string_view>

namespace twelvedata {

// At most 120 matches, best first, for one credit. An empty query lists currency pairs, crypto
// pairs and commodities, for three; the hundred thousand stocks are to be searched for. limit 0:
// all.
void search_symbols(Session &session, std::string_view query, std::uint64_t limit,
                    const tdk_symbol_sink &sink, const tapedeck::Cancel &cancel);

}  // namespace twelvedata
