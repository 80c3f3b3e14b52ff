// The vendor's times: unix seconds here, texts on the wire. All UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace twelvedata {

inline constexpr std::int64_t kSecondNs = 1'000'000'000;
inline constexpr std::int64_t kDaySeconds = 86'400;
inline constexpr std::int64_t kEndOfTimeSeconds = 7'258'118'400;  // 2200: still fits ns in int64

std::string date_text(std::int64_t seconds);       // "2026-09-04"
std::string date_time_text(std::int64_t seconds);  // "2026-09-04T03:00:00"

// "2026-09-04", "2026-09-04 03:00:00", also with a T. Nothing for anything else, and outside of
// 1800 to 2200.
std::optional<std::int64_t> parse_date_time(std::string_view text);

// A Date header: "Fri, 04 Sep 2026 03:00:00 GMT".
std::optional<std::int64_t> parse_http_date(std::string_view text);

std::int64_t start_of_month(std::int64_t seconds);
// The start of the month behind the one that holds it.
std::int64_t next_month(std::int64_t seconds);

}  // namespace twelvedata
