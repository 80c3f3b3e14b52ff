// The time zones that matter here, by the rules of today: New York and Sydney.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tapedeck::sim::twelvedata {

enum class Zone { Utc, NewYork, Sydney };

/// `UTC`, `America/New_York`, `Australia/Sydney`; case-sensitive, as the vendor's names are.
std::optional<Zone> find_zone(std::string_view name);
std::string_view name_of(Zone zone);

/// What a clock there shows minus UTC.
std::int64_t offset_ms(Zone zone, std::int64_t utc_ms);
/// UTC of what a clock there shows; the first of two where it is shown twice.
std::int64_t to_utc(Zone zone, std::int64_t local_ms);

/// 0 is Sunday; of days since 1970-01-01.
std::int64_t weekday(std::int64_t day);

/// `2024-05-01 10:00:00` and `2024-05-01`, of a local time.
std::string date_time_text(std::int64_t local_ms);
std::string date_text(std::int64_t local_ms);
/// `Wed, 01 May 2024 10:00:00 GMT`, for a Date header.
std::string http_date(std::int64_t utc_ms);

}  // namespace tapedeck::sim::twelvedata
