#include "settings.hpp"

#include "kit/text.hpp"

#include <charconv>

namespace binance {
namespace {

[[noreturn]] void refuse(std::string_view key, std::string_view text, const char *advice) {
  throw tapedeck::Error(TDK_INVALID_ARGUMENT,
                        std::string(key) + " is '" + kit::excerpt(text) + "'; write " + advice);
}

std::uint64_t limit_of(const tapedeck::Config &config, std::string_view key,
                       std::string_view otherwise) {
  const std::string_view text = config.get(key, otherwise);
  std::uint64_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec == std::errc{} && end == text.data() + text.size() && value > 0) return value;
  refuse(key, text, "a whole number above 0");
}

std::string url_of(const tapedeck::Config &config, std::string_view key, const char *otherwise,
                   std::string_view scheme) {
  std::string url(config.get(key, otherwise));
  while (!url.empty() && url.back() == '/') url.pop_back();
  const bool plain = url.starts_with(std::string(scheme) + "://");
  if (!plain && !url.starts_with(std::string(scheme) + "s://"))
    refuse(key, url, scheme == "ws" ? "wss://HOST without a path" : "https://HOST without a path");
  return url;
}

// "250ms", "90s", "1430m", "23h50m"; 0: not of that form.
std::int64_t nanoseconds_of(std::string_view text) {
  struct Unit {
    std::string_view name;
    std::int64_t ns;
  };
  static constexpr std::int64_t kSecond = 1'000'000'000, kLongest = 366 * 86'400 * kSecond;
  static constexpr Unit kUnits[] = {{"ms", 1'000'000},
                                    {"s", kSecond},
                                    {"m", 60 * kSecond},
                                    {"h", 3'600 * kSecond},
                                    {"d", 86'400 * kSecond}};
  std::int64_t total = 0;
  while (!text.empty()) {
    std::int64_t count = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (ec != std::errc{} || count < 0 || count > kLongest / 1'000'000) return 0;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const std::string_view name = text.substr(0, text.find_first_of("0123456789"));
    text.remove_prefix(name.size());
    std::int64_t unit = 0;
    for (const Unit &u : kUnits)
      if (u.name == name) unit = u.ns;
    if (unit == 0 || count > (kLongest - total) / unit) return 0;
    total += count * unit;
  }
  return total;
}

}  // namespace

std::string stream_url_for(std::string_view base_url) {
  struct Pair {
    std::string_view rest, stream;
  };
  static constexpr Pair kPairs[] = {
      {"https://data-api.binance.vision", kDefaultStreamUrl},
      {"https://api.binance.com", kDefaultStreamUrl},
      {"https://api-gcp.binance.com", kDefaultStreamUrl},
      {"https://api1.binance.com", kDefaultStreamUrl},
      {"https://api2.binance.com", kDefaultStreamUrl},
      {"https://api3.binance.com", kDefaultStreamUrl},
      {"https://api4.binance.com", kDefaultStreamUrl},
      {"https://api.binance.us", "wss://stream.binance.us:9443"},
      {"https://testnet.binance.vision", "wss://stream.testnet.binance.vision:9443"},
      {"https://api1.testnet.binance.vision", "wss://stream.testnet.binance.vision:9443"},
      {"https://demo-api.binance.com", "wss://demo-stream.binance.com:9443"}};
  for (const Pair &pair : kPairs)
    if (pair.rest == base_url) return std::string(pair.stream);
  return "ws" + std::string(base_url.substr(4));  // http://x is ws://x, https://x is wss://x
}

Settings read_settings(const tapedeck::Config &config) {
  Settings out;
  out.base_url = url_of(config, "base_url", kDefaultBaseUrl, "http");
  out.stream_url = url_of(config, "stream_url", kDefaultStreamUrl, "ws");
  if (out.stream_url == kDefaultStreamUrl) out.stream_url = stream_url_for(out.base_url);
  out.weight_limit = limit_of(config, "weight_limit", "6000");
  out.request_limit = limit_of(config, "request_limit", "61000");
  out.quotes_from_book = config.get("quotes_from", "24hr") == "book";
  out.aggregate_trades = config.get("trades", "trade") == "aggTrade";
  const std::string_view life = config.get("stream_life", kDefaultStreamLife);
  out.stream_life_ns = nanoseconds_of(life);
  if (out.stream_life_ns <= 0) refuse("stream_life", life, "a duration such as 1430m or 90s");
  return out;
}

}  // namespace binance
