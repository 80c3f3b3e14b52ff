// The two shapes of OANDA's times, as the request header Accept-Datetime-Format asks for them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tapedeck::sim::oanda {

enum class TimeForm { Rfc3339, Unix };

/// By the value of the header; absent or unknown: RFC 3339.
TimeForm time_form_of(std::string_view header);
/// `2016-10-27T08:38:43.094000000Z` or `1477557523.094000000`.
std::string time_text(TimeForm form, std::int64_t ms);
/// Either shape, decimals or not.
std::optional<std::int64_t> parse_any_time(std::string_view text);

}  // namespace tapedeck::sim::oanda
