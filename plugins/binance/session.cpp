#include "session.hpp"

#include "refusal.hpp"
#include "text.hpp"

#include <algorithm>
#include <charconv>

namespace binance {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000, kMs = 1'000'000;

std::uint64_t limit_of(const tapedeck::Config &config, std::string_view key,
                       std::string_view otherwise) {
  const std::string_view text = config.get(key, otherwise);
  std::uint64_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec == std::errc{} && end == text.data() + text.size() && value > 0) return value;
  throw tapedeck::Error(
      TDK_INVALID_ARGUMENT,
      "" + std::string(key) + " is '" + excerpt(text) + "'; write a whole number above 0");
}

// Names come in any letter case (lower over HTTP/2). 0 and false: absent or no number.
bool used_weight(const tdk_http_response &answer, std::uint64_t &used) {
  const std::string_view text = tapedeck::header(answer, "X-MBX-USED-WEIGHT-1M");
  return !text.empty() &&
         std::from_chars(text.data(), text.data() + text.size(), used).ec == std::errc{};
}

}  // namespace

Settings read_settings(const tapedeck::Config &config) {
  Settings out;
  out.base_url = config.get("base_url", "https://data-api.binance.vision");
  while (!out.base_url.empty() && out.base_url.back() == '/') out.base_url.pop_back();
  if (!out.base_url.starts_with("https://") && !out.base_url.starts_with("http://"))
    throw tapedeck::Error(TDK_INVALID_ARGUMENT, "base_url is '" + excerpt(out.base_url) +
                                                    "'; write https://HOST without a path");
  out.weight_limit = limit_of(config, "weight_limit", "6000");
  out.request_limit = limit_of(config, "request_limit", "61000");
  out.quotes_from_book = config.get("quotes_from", "24hr") == "book";
  return out;
}

Session::Session(tapedeck::Host host, Settings settings)
    : host_(host), settings_(std::move(settings)) {
  define_budgets(settings_.weight_limit, settings_.request_limit);
}

// Windows are aligned with the clock: the counter of a minute is zero when the next UTC minute
// starts.
void Session::define_budgets(std::uint64_t weight, std::uint64_t requests) {
  weight_budget_ = host_.define_budget("weight-1m", TDK_BUDGET_FIXED, weight, 60 * kSecond);
  request_budget_ = host_.define_budget("requests-5m", TDK_BUDGET_FIXED, requests, 300 * kSecond);
}

void Session::learn_limits(std::uint64_t weight_per_minute,
                           std::uint64_t requests_per_five_minutes) {
  const auto lower = [](std::uint64_t ours, std::uint64_t told) {
    return told ? std::min(ours, told) : ours;
  };
  define_budgets(lower(settings_.weight_limit, weight_per_minute),
                 lower(settings_.request_limit, requests_per_five_minutes));
}

void Session::accept(const Get &what, const tdk_http_response &answer) {
  std::uint64_t used = 0;
  if (used_weight(answer, used)) host_.observe_budget(weight_budget_, used);
  if (answer.status == 200) return;
  const RefusedAnswer refused{answer.status, body_of(answer),
                              tapedeck::header(answer, "Retry-After")};
  tapedeck::Error error = refusal("fetching " + what.doing + " from " + settings_.base_url,
                                  refused, host_.now() / kMs);
  if (error.code() == TDK_RATE_LIMITED)
    host_.hold_account(error.retry_after_ms() * kMs, error.what());
  throw error;
}

}  // namespace binance
