// Series in words: as they are stored, and as messages name them.
#pragma once

#include <tapedeck/plugin.hpp>

#include <string>
#include <string_view>

namespace kit {

std::string interval_text(tdk_interval interval);  // "1m", "4h", "1M"; throws TDK_INVALID_ARGUMENT
tdk_interval parse_interval(std::string_view text);  // as it was stored; throws TDK_IO
std::string describe_series(const tdk_series &series);  // "BTC/USDT 1m", for messages

}  // namespace kit
