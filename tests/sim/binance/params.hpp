// The parameters that endpoints share, each checked as Binance checks it. All throw ApiError.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/binance/listing.hpp"
#include "sim/binance/query.hpp"
#include "sim/interval.hpp"

namespace tapedeck::sim::binance {

/// Upper-case letters, digits, `-`, `_` and `.`, up to 50.
bool is_symbol(std::string_view text);

/// Mandatory, well formed; whether it is listed is asked after finish(): see listed().
std::string take_symbol(Query &query);
/// -1121 when not listed.
const Instrument &listed(const Listing &listing, std::string_view symbol);
/// `["BTCUSDT","ETHUSDT"]`; nothing when the parameter is absent.
std::optional<std::vector<std::string>> take_symbols(Query &query);
/// The names in a JSON list of symbols; nothing when it is malformed.
std::optional<std::vector<std::string>> parse_symbols(std::string_view text);

/// -1130 for 0, cut to `most` above it.
std::size_t take_limit(Query &query, std::size_t usual, std::size_t most);
/// An unsigned integer of up to 20 digits, cut at kNoTimeLimit.
std::optional<std::int64_t> take_number(Query &query, std::string_view name);
/// Bounds of a time range in ms, given in ms or us; open times lie inside when they are >= from, <=
/// to.
std::optional<std::int64_t> take_start_time(Query &query);
std::optional<std::int64_t> take_end_time(Query &query);
/// Offset of `timeZone` in ms: `0`, `8`, `-1:00`, `05:45`.
std::int64_t take_zone(Query &query);
/// Mandatory; whether it exists is asked after finish(): see known_interval().
std::string take_interval(Query &query);
Interval known_interval(std::string_view name);
/// TRADING, HALT or BREAK; -1122 for anything else.
std::optional<std::string> take_status(Query &query);

}  // namespace tapedeck::sim::binance
