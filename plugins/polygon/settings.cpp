#include "settings.hpp"

#include "kit/text.hpp"

#include <algorithm>
#include <array>

namespace polygon {
namespace {

constexpr std::uint64_t kFreeRequests = 5;  // a minute

[[noreturn]] void refuse(std::string_view key, std::string_view text, const char *advice) {
  throw tapedeck::Error(TDK_INVALID_ARGUMENT,
                        std::string(key) + " is '" + kit::excerpt(text) + "'; write " + advice);
}

std::string url_of(std::string_view key, std::string_view given, const std::string &scheme,
                   const char *advice) {
  std::string url(given);
  while (!url.empty() && url.back() == '/') url.pop_back();
  if (!url.starts_with(scheme + "://") && !url.starts_with(scheme + "s://"))
    refuse(key, url, advice);
  return url;
}

struct Host {
  std::string_view rest, stream, delayed;
};
constexpr std::array<Host, 2> kHosts{
    {{"https://api.massive.com", kDefaultStreamUrl, "wss://delayed.massive.com"},
     {"https://api.polygon.io", "wss://socket.polygon.io", "wss://delayed.polygon.io"}}};

bool is_vendor(std::string_view origin) {
  return std::any_of(kHosts.begin(), kHosts.end(), [&](const Host &h) {
    return origin_of(h.rest) == origin;
  });
}

}  // namespace

std::string stream_url_for(std::string_view base_url, bool delayed) {
  for (const Host &host : kHosts)
    if (host.rest == base_url) return std::string(delayed ? host.delayed : host.stream);
  return "ws" + std::string(base_url.substr(4));  // http://x is ws://x, https://x is wss://x
}

std::string origin_of(std::string_view url) {
  // Readers of URLs disagree about these.
  const auto odd = [](char c) { return c == '\\' || c <= ' ' || c > '~'; };
  if (std::any_of(url.begin(), url.end(), odd)) return {};
  const bool plain = url.starts_with("http://");
  if (!plain && !url.starts_with("https://")) return {};
  const std::size_t begin = plain ? 7 : 8;
  std::string origin(url.substr(0, url.find_first_of("/?#", begin)));
  for (char &c : origin)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (origin.size() == begin || origin.find('@') != origin.npos) return {};
  const std::string usual = plain ? ":80" : ":443";
  if (origin.ends_with(usual)) origin.resize(origin.size() - usual.size());
  return origin;
}

std::string page_after(std::string_view base_url, std::string_view next_url) {
  const std::string ours = origin_of(base_url), theirs = origin_of(next_url);
  if (theirs.empty()) return {};
  if (ours == theirs || (is_vendor(ours) && is_vendor(theirs))) return std::string(next_url);
  if (!is_vendor(theirs)) return {};
  const std::size_t path = next_url.find('/', std::string_view("https://").size());
  return path == next_url.npos ? std::string() : std::string(base_url).append(next_url.substr(path));
}

Settings read_settings(const tapedeck::Config &config) {
  Settings out;
  out.api_key = config.get("api_key");
  const auto odd = [](char c) { return c <= ' ' || c == '"' || c == '\\' || c > '~'; };
  if (out.api_key.empty() || std::any_of(out.api_key.begin(), out.api_key.end(), odd))
    throw tapedeck::Error(TDK_INVALID_ARGUMENT,
                          "api_key is empty or holds blanks or quotes; copy it from the dashboard");
  out.free_plan = config.get("plan", "free") == "free";
  out.delayed = config.get("delayed", "false") == "true";
  out.requests_per_minute = out.free_plan ? kFreeRequests : 0;
  out.base_url = url_of("base_url", config.get("base_url", kDefaultBaseUrl), "http",
                        "https://HOST, as https://api.massive.com");
  const std::string_view ws = config.get("ws_url", "");
  out.ws_url = ws.empty() ? stream_url_for(out.base_url, out.delayed)
                          : url_of("ws_url", ws, "ws", "wss://HOST, as wss://socket.massive.com");
  out.pairs_ws_url = ws.empty() ? stream_url_for(out.base_url, false) : out.ws_url;
  return out;
}

}  // namespace polygon
