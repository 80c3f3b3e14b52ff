#include "settings.hpp"

#include "kit/text.hpp"

#include <array>
#include <charconv>

namespace twelvedata {
namespace {

struct Plan {
  std::string_view name;
  std::uint64_t per_minute, per_day;
  std::uint32_t stream_symbols;
};
// The least of each plan's tiers. Up to Grow the WebSocket is a trial of eight symbols.
constexpr std::array kPlans{Plan{"basic", 8, 800, 8}, Plan{"grow", 55, 0, 8},
                            Plan{"pro", 610, 0, 0}, Plan{"auto", 8, 800, 0}};

[[noreturn]] void refuse(std::string_view key, std::string_view text, const char *advice) {
  throw tapedeck::Error(TDK_INVALID_ARGUMENT,
                        std::string(key) + " is '" + kit::excerpt(text) + "'; write " + advice);
}

// What is empty keeps the value, and returns false.
bool read_limit(const tapedeck::Config &config, std::string_view key, std::uint64_t least,
                std::uint64_t &value) {
  const std::string_view text = config.get(key);
  if (text.empty()) return false;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc{} || end != text.data() + text.size() || value < least)
    refuse(key, text, least ? "a whole number above 0" : "a whole number; 0 means no limit");
  return true;
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

const Plan &plan_of(std::string_view name) {
  for (const Plan &plan : kPlans)
    if (plan.name == name) return plan;
  refuse("plan", name, "basic, grow, pro or auto");
}

}  // namespace

Settings read_settings(const tapedeck::Config &config) {
  Settings out;
  out.apikey = config.get("apikey");
  if (out.apikey.empty() || kit::excerpt(out.apikey, out.apikey.size()) != out.apikey ||
      out.apikey.find(' ') != std::string::npos)
    throw tapedeck::Error(TDK_INVALID_ARGUMENT,
                          "apikey is empty or no key; write the one of your account");
  out.base_url = url_of(config, "base_url", kDefaultBaseUrl, "http");
  out.stream_url = url_of(config, "ws_url", kDefaultStreamUrl, "ws");
  if (out.stream_url.ends_with(kStreamPath))
    out.stream_url.resize(out.stream_url.size() - kStreamPath.size());
  // A proxy or a simulator serves both.
  if (out.stream_url == kDefaultStreamUrl && out.base_url != kDefaultBaseUrl)
    out.stream_url = "ws" + out.base_url.substr(4);
  const Plan &plan = plan_of(config.get("plan", "basic"));
  out.asks_plan = plan.name == "auto";
  out.credits_per_minute = plan.per_minute;
  out.credits_per_day = plan.per_day;
  out.max_stream_symbols = plan.stream_symbols;
  out.sets_minute = read_limit(config, "credits_per_minute", 1, out.credits_per_minute);
  out.sets_day = read_limit(config, "credits_per_day", 0, out.credits_per_day);
  out.quotes_from_price = config.get("quotes_from", "quote") == "price";
  return out;
}

}  // namespace twelvedata
