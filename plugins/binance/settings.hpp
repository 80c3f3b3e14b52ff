// The options of the plugin, checked.
#pragma once

#include <tapedeck/layer/services.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace binance {

inline constexpr const char *kDefaultBaseUrl = "https://data-api.binance.vision";
inline constexpr const char *kDefaultStreamUrl = "wss://stream.binance.com:9443";
inline constexpr const char *kDefaultStreamLife = "1430m";  // 24 h by web-socket-streams.md

struct Settings {
  std::string base_url;             // without a slash at the end
  std::string stream_url;           // the same, of the WebSocket host
  std::uint64_t weight_limit = 0;   // request weight a minute
  std::uint64_t request_limit = 0;  // requests in five minutes
  bool quotes_from_book = false;
  bool aggregate_trades = false;    // stream aggTrade in place of trade
  std::int64_t stream_life_ns = 0;  // after which a connection says that it expires
};

// Throws TDK_INVALID_ARGUMENT that names the option.
Settings read_settings(const tapedeck::Config &config);

// The WebSocket host that goes with a REST host: the vendor's own pairs by name, of any other (a
// proxy, a simulator) the same host, port and path with ws for http and wss for https.
std::string stream_url_for(std::string_view base_url);

}  // namespace binance
