// The zones that candles may be aligned in, as far as the simulator knows them: rules of today.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tapedeck::sim::oanda {

enum class Zone { Utc, NewYork, London, Tokyo };

/// By IANA name.
std::optional<Zone> find_zone(std::string_view name);
/// Local minus UTC, ms, at a UTC time.
std::int64_t zone_offset(Zone zone, std::int64_t utc_ms);
/// UTC of a local time; of one that is skipped or comes twice, one that is near.
std::int64_t to_utc(Zone zone, std::int64_t local_ms);

}  // namespace tapedeck::sim::oanda
