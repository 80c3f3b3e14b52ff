#include "api/router.hpp"

#include <array>
#include <optional>

#include "api/query_params.hpp"
#include "api/routes.hpp"
#include "base/text.hpp"
#include "net/url.hpp"

namespace tapedeck::api {
namespace {

constexpr std::string_view kSymbol = "{symbol}";

struct Route {
  std::string_view pattern;  // {symbol}, if any, is a whole segment
  void (*answer)(RouteCall &);
};

constexpr std::array<Route, 16> kRoutes = {{
    {"/", answer_index},
    {"/health", answer_health},
    {"/ready", answer_ready},
    {"/metrics", answer_metrics},
    {"/api/v1/candles/{symbol}", answer_candles},
    {"/api/v1/coverage", answer_coverage_list},
    {"/api/v1/coverage/{symbol}", answer_coverage},
    {"/api/v1/sources", answer_sources},
    {"/api/v1/stream", answer_stream},
    {"/api/v1/latest/{symbol}", answer_latest},
    {"/api/v1/quotes", answer_quotes},
    {"/api/v1/quotes/{symbol}", answer_quote},
    {"/api/v1/symbols", answer_symbols},
    {"/api/v1/symbols/{symbol}/earliest", answer_earliest},
    {"/api/v1/instruments", answer_instruments},
    {"/api/v1/events/economic", answer_events},
}};

// The undecoded segment that stands for {symbol}, "" for a path without; nothing when it is another path.
std::optional<std::string_view> match(std::string_view pattern, std::string_view path) {
  const std::size_t at = pattern.find(kSymbol);
  if (at == std::string_view::npos) return path == pattern ? std::optional(std::string_view()) : std::nullopt;
  const std::string_view before = pattern.substr(0, at), after = pattern.substr(at + kSymbol.size());
  if (path.size() <= before.size() + after.size() || !path.starts_with(before) || !path.ends_with(after)) return std::nullopt;
  const std::string_view symbol = path.substr(before.size(), path.size() - before.size() - after.size());
  return symbol.find('/') == std::string_view::npos ? std::optional(symbol) : std::nullopt;
}

// A pattern as this path would have to be written to match it.
std::string filled_in(std::string_view pattern, std::string_view path) {
  std::string out(pattern);
  const std::size_t at = out.find(kSymbol);
  std::size_t slash = 0;
  for (int i = 0; i < 3 && slash != std::string_view::npos; ++i) slash = path.find('/', slash + 1);
  const bool has_symbol = slash != std::string_view::npos && slash + 1 < path.size();
  if (at != std::string::npos && has_symbol) out.replace(at, kSymbol.size(), path.substr(slash + 1));
  return out;
}

std::string hint_for(std::string_view path) {
  const auto begins = [path](std::string_view prefix) { return path.starts_with(prefix); };
  const bool unescaped = begins("/api/v1/candles/") || begins("/api/v1/coverage/") || begins("/api/v1/latest/") ||
                         begins("/api/v1/quotes/") || begins("/api/v1/symbols/");
  if (unescaped && path.find('/', path.find('/', 8) + 1) != std::string_view::npos)
    return "write the slash of a symbol as %2F, as in BTC%2FUSDT, or leave it out: BTCUSDT";
  std::vector<std::string> paths;
  const std::string_view start = path.substr(0, 200);
  for (const auto &r : kRoutes) paths.push_back(filled_in(r.pattern, start));
  const std::string near = nearest(start, paths);
  return near.empty() || near == "/" ? "GET / lists what there is" : "did you mean " + printable(near, 200) + "?";
}

void check_method(const HttpRequest &request) {
  if (request.method == "GET" || request.method == "HEAD") return;
  HttpError error(405, "method_not_allowed", request.method + " is not possible here: this version only reads", "use GET");
  error.allow = "GET, HEAD";
  throw error;
}

}  // namespace

bool names_loopback(std::string_view host) {
  std::string name(host);
  const std::size_t colon = host.rfind(':');
  const bool port = colon != std::string::npos && host.find_first_not_of("0123456789", colon + 1) == std::string::npos;
  if (port && host.back() != ']') name.resize(colon);
  for (char &c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return name == "[::1]" || (name.find(':') == std::string::npos && is_loopback(name));
}

void route(RouteCall &call) {
  for (const auto &r : kRoutes) {
    const auto symbol = match(r.pattern, call.request.path);
    if (!symbol) continue;
    check_method(call.request);
    const auto decoded = percent_decoded(*symbol);
    if (!decoded) throw invalid_parameter("the symbol in the path is no text: a broken percent-encoding, no UTF-8, or control characters");
    call.symbol = *decoded;
    return r.answer(call);
  }
  throw HttpError(404, "not_found", "there is nothing at " + printable(call.request.path), hint_for(call.request.path));
}

void check_host(const HttpRequest &request) {
  std::vector<std::string> hosts;
  for (const auto &h : request.headers)
    if (h.name == "host") hosts.push_back(h.value);
  if (hosts.empty() && request.minor == 0) return;  // HTTP/1.0 need not say; a browser always does
  if (hosts.empty()) throw HttpError(400, "bad_request", "the request has no Host header");
  for (const auto &host : hosts) {
    if (!names_loopback(host))
      throw HttpError(403, "forbidden_host",
                      "the Host header says '" + printable(host, 60) + "', but this server answers to loopback names only",
                      "use http://127.0.0.1 or http://localhost; a reverse proxy has to set Host to one of them");
  }
}

}  // namespace tapedeck::api
