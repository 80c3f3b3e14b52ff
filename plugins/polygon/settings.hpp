// The options of the plugin, checked.
#pragma once

#include "symbols.hpp"

#include <tapedeck/layer/services.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace polygon {

inline constexpr const char *kDefaultBaseUrl = "https://api.massive.com";
inline constexpr const char *kDefaultStreamUrl = "wss://socket.massive.com";

struct Settings {
  std::string api_key;
  std::string base_url;  // without a slash at the end
  std::string ws_url;    // the same, of the WebSocket host; the market comes behind it
  std::string pairs_ws_url;  // the same, of forex and crypto, which have no delayed one
  bool free_plan = false;
  bool delayed = false;
  std::uint64_t requests_per_minute = 0;  // 0: no limit but the courtesy of 100 a second

  const std::string &stream_url(Market market) const {
    return market == Market::Forex || market == Market::Crypto ? pairs_ws_url : ws_url;
  }
};

// Throws TDK_INVALID_ARGUMENT that names the option.
Settings read_settings(const tapedeck::Config &config);

// The WebSocket host that goes with a REST host: the vendor's own pairs by name, of any other (a
// proxy, a simulator) the same host, port and path with ws for http and wss for https.
std::string stream_url_for(std::string_view base_url, bool delayed);

// Scheme, host and port of a URL in one way of writing; empty when it is no http or https URL.
std::string origin_of(std::string_view url);

// Where a page of `base_url` goes on that says `next_url`: there, when that is of the same origin or of the other
// of the vendor's two names (the API was renamed from api.polygon.io to api.massive.com). The vendor's own names in
// an answer that came through a proxy are meant for the proxy: the same path, below `base_url`. Empty: nowhere.
std::string page_after(std::string_view base_url, std::string_view next_url);

}  // namespace polygon
