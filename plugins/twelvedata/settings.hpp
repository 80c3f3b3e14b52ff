// The options of the plugin, checked.
#pragma once

#include <tapedeck/layer/services.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace twelvedata {

inline constexpr const char *kDefaultBaseUrl = "https://api.twelvedata.com";
inline constexpr const char *kDefaultStreamUrl = "wss://ws.twelvedata.com";

inline constexpr std::string_view kStreamPath = "/v1/quotes/price";

struct Settings {
  std::string apikey;
  std::string base_url;    // without a slash at the end
  std::string stream_url;  // the same, of the WebSocket host
  bool asks_plan = false;  // /api_usage tells the limits before the first request
  std::uint64_t credits_per_minute = 0;
  std::uint64_t credits_per_day = 0;           // 0: no such limit
  bool sets_minute = false, sets_day = false;  // by the user: a plan that is asked for is not more
  std::uint32_t max_stream_symbols = 0;        // 0: no such limit
  bool quotes_from_price = false;
};

// Throws TDK_INVALID_ARGUMENT that names the option.
Settings read_settings(const tapedeck::Config &config);

}  // namespace twelvedata
