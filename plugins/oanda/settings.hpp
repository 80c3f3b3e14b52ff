// The options of the plugin, checked.
#pragma once

#include <tapedeck/layer/services.hpp>

#include <cstdint>
#include <string>

namespace oanda {

struct Settings {
  std::string token;       // empty: not given
  std::string account;     // empty: the first of the token's accounts
  std::string base_url;    // without a slash at the end
  std::string stream_url;  // the same, of the streaming host
  std::uint64_t requests_per_second = 0;
};

// Throws TDK_INVALID_ARGUMENT that names the option.
Settings read_settings(const tapedeck::Config &config);

}  // namespace oanda
