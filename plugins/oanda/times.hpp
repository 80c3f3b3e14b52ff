// OANDA's two ways of writing a time, to nanoseconds and back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace oanda {

// "2016-10-27T08:38:43.094548890Z" or "1599859034.787235733", with 0 to 9 decimals; nothing for
// anything else, and for times before 1970 or after 2199.
std::optional<std::int64_t> parse_time(std::string_view text);

// As the vendor writes it: "2016-10-27T08:38:43.094548890Z". Of times from 1970 on.
std::string format_time(std::int64_t ns);

}  // namespace oanda
