#include "settings.hpp"

#include "kit/text.hpp"

#include <charconv>

namespace oanda {
namespace {

constexpr std::uint64_t kMostRequests = 120;  // a second and address, by the vendor's rule

[[noreturn]] void refuse(std::string_view key, std::string_view text, const std::string &advice) {
  throw tapedeck::Error(TDK_INVALID_ARGUMENT, std::string(key) + " is '" + kit::excerpt(text) +
                                                  "'; write " + advice);
}

std::string url_of(const tapedeck::Config &config, std::string_view key,
                   const std::string &otherwise) {
  std::string url(config.get(key));
  while (!url.empty() && url.back() == '/') url.pop_back();
  if (url.empty()) return otherwise;
  if (!url.starts_with("http://") && !url.starts_with("https://"))
    refuse(key, url, "https://HOST, or leave it out");
  return url;
}

// The vendor's own hosts come in pairs; of any other (a proxy, a simulator) both are one.
std::string stream_url_for(const std::string &base_url) {
  constexpr std::string_view rest = "https://api-fx", stream = "https://stream-fx";
  if (!base_url.starts_with(rest) || !base_url.ends_with(".oanda.com")) return base_url;
  return std::string(stream) + base_url.substr(rest.size());
}

// An account of the vendor: "101-004-1435156-001". It becomes part of a path.
std::string account_of(const tapedeck::Config &config) {
  const std::string_view text = config.get("account");
  if (text.find_first_not_of("0123456789-") != text.npos || text.size() > 40)
    refuse("account", text, "the account's id, such as 101-004-1435156-001, or leave it out");
  return std::string(text);
}

// It becomes a header: one line of visible characters.
std::string token_of(const tapedeck::Config &config) {
  const std::string_view text = config.get("token");
  for (const char c : text)
    if (c <= ' ' || c > '~')
      throw tapedeck::Error(TDK_INVALID_ARGUMENT,
                            "token has a character that no token has; copy it again from the "
                            "vendor's site, without blanks or line ends");
  return std::string(text);
}

}  // namespace

Settings read_settings(const tapedeck::Config &config) {
  Settings out;
  out.token = token_of(config);
  out.account = account_of(config);
  const bool live = config.get("environment", "practice") == "live";
  const std::string host = live ? "fxtrade.oanda.com" : "fxpractice.oanda.com";
  out.base_url = url_of(config, "base_url", "https://api-" + host);
  out.stream_url = url_of(config, "stream_url", stream_url_for(out.base_url));
  const std::string_view text = config.get("requests_per_second", "100");
  const auto [end, ec] =
      std::from_chars(text.data(), text.data() + text.size(), out.requests_per_second);
  if (ec != std::errc{} || end != text.data() + text.size() || out.requests_per_second == 0 ||
      out.requests_per_second > kMostRequests)
    refuse("requests_per_second", text, "a number from 1 to 120");
  return out;
}

}  // namespace oanda
