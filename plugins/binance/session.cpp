#include "session.hpp"

#include "refusal.hpp"

#include <algorithm>
#include <charconv>

namespace binance {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000, kMs = 1'000'000;
constexpr std::uint64_t kConnects =
    300;  // attempts in five minutes, per address: web-socket-streams.md

// Names come in any letter case (lower over HTTP/2). 0 and false: absent or no number.
bool used_weight(const tdk_http_response &answer, std::uint64_t &used) {
  const std::string_view text = tapedeck::header(answer, "X-MBX-USED-WEIGHT-1M");
  return !text.empty() &&
         std::from_chars(text.data(), text.data() + text.size(), used).ec == std::errc{};
}

}  // namespace

Session::Session(tapedeck::Host host, Settings settings)
    : host_(host), settings_(std::move(settings)) {
  define_budgets(settings_.weight_limit, settings_.request_limit);
  connect_budget_ =
      host_.define_budget("connects-5m", TDK_BUDGET_SLIDING, kConnects, 300 * kSecond);
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

tapedeck::WebSocketConnection Session::connect(const tapedeck::Cancel &cancel) const {
  const std::string url = settings_.stream_url + "/stream";
  const tdk_cost costs[] = {{connect_budget_, 1}, {weight_budget_, 0}, {request_budget_, 0}};
  tapedeck::ConnectionRequest asked{url};
  if (has_budgets()) asked.costs = costs;
  return tapedeck::WebSocketConnection(host_, asked, cancel);
}

void Session::accept(const Get &what, const tdk_http_response &answer) {
  std::uint64_t used = 0;
  if (used_weight(answer, used)) host_.observe_budget(weight_budget_, used);
  if (answer.status == 200) return;
  const RefusedAnswer refused{answer.status, body_of(answer),
                              tapedeck::header(answer, "Retry-After")};
  tapedeck::Error error =
      refusal("fetching " + what.doing + " from " + settings_.base_url, refused, host_.now() / kMs);
  if (error.code() == TDK_RATE_LIMITED)
    host_.hold_account(error.retry_after_ms() * kMs, error.what());
  throw error;
}

}  // namespace binance
