#include "session.hpp"

#include "kit/text.hpp"
#include "parse.hpp"
#include "times.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

namespace twelvedata {
namespace {

constexpr std::uint64_t kMostSymbols =
    100;  // the vendor's limit is not told; others say 100 to 120

std::optional<std::uint64_t> number_in(const tdk_http_response &answer, std::string_view name) {
  const std::string_view text = tapedeck::header(answer, name);
  std::uint64_t out = 0;
  const bool read = !text.empty() &&
                    std::from_chars(text.data(), text.data() + text.size(), out).ec == std::errc{};
  return read ? std::optional(out) : std::nullopt;
}

std::string_view body_of(const tdk_http_response &answer) {
  const auto *bytes = reinterpret_cast<const char *>(answer.body.data);
  return {bytes ? bytes : "", bytes ? static_cast<std::size_t>(answer.body.size) : 0};
}

// Errors are JSON, whatever format was asked for; but a wrong path is answered in plain text.
VendorError error_of_refused(std::string_view body) {
  try {
    const kit::ExactJson tree(body, "the answer");
    return error_in(tree.root()).value_or(VendorError{});
  } catch (const tapedeck::Error &) {
    return {};  // no JSON: the HTTP status says it all
  }
}

}  // namespace

Session::Session(tapedeck::Host host, Settings settings)
    : host_(host),
      settings_(std::move(settings)),
      per_minute_(settings_.credits_per_minute),
      per_day_(settings_.asks_plan ? 0 : settings_.credits_per_day),
      plan_known_(!settings_.asks_plan) {
  define_budgets();
}

// In any 60 s no more than a minute's credits: right whether the vendor's minutes are those of the
// clock or slide.
void Session::define_budgets() {
  minute_budget_ =
      host_.define_budget("credits-1m", TDK_BUDGET_SLIDING, per_minute_, 60 * kSecondNs);
  if (per_day_)
    day_budget_ =
        host_.define_budget("credits-1d", TDK_BUDGET_FIXED, per_day_, kDaySeconds * kSecondNs);
}

std::uint64_t Session::symbols_per_request() const {
  return std::clamp<std::uint64_t>(per_minute_, 1, kMostSymbols);
}

void Session::learn_plan(const tapedeck::Cancel &cancel) {
  const Get usage_of_key{"api_usage", "/api_usage?timezone=UTC", 1};
  ask(usage_of_key, cancel, [&](const kit::JsonValue &body) {
    const Usage usage = parse_usage(body);
    per_minute_ = usage.per_minute;
    if (settings_.sets_minute) per_minute_ = std::min(per_minute_, settings_.credits_per_minute);
    per_day_ = usage.per_day.value_or(0);
    if (settings_.sets_day && settings_.credits_per_day != 0)
      per_day_ =
          usage.per_day ? std::min(per_day_, settings_.credits_per_day) : settings_.credits_per_day;
    define_budgets();
    host_.observe_budget(minute_budget_, usage.used_this_minute);
    if (usage.per_day) host_.observe_budget(day_budget_, usage.used_today);
  });
  plan_known_ = true;
}

// A rejected call counts as well, so used may be more than the limit; then their sum is not it.
void Session::learn_from_headers(const tdk_http_response &answer) {
  const auto used = number_in(answer, "api-credits-used");
  const auto left = number_in(answer, "api-credits-left");
  if (!used) return;
  if (left && answer.status == 200 && *used + *left > 0 && *used + *left < per_minute_) {
    per_minute_ = *used + *left;
    define_budgets();
  }
  host_.observe_budget(minute_budget_, *used);
}

bool Session::get(const Get &what, const tapedeck::Cancel &cancel, const OnBody &on_body) {
  if (!plan_known_) learn_plan(cancel);
  return ask(what, cancel, on_body);
}

bool Session::ask(const Get &what, const tapedeck::Cancel &cancel, const OnBody &on_body) {
  const std::string url = settings_.base_url + what.path, key = "apikey " + settings_.apikey;
  const tdk_kv authorization{tapedeck::str("Authorization"), tapedeck::str(key)};
  std::vector<tdk_cost> costs;
  for (const std::uint64_t budget : {minute_budget_, day_budget_})
    if (budget) costs.push_back({budget, what.credits});
  tdk_http_request rq{};
  rq.struct_size = sizeof rq;
  rq.method = tapedeck::str("GET");
  rq.url = tapedeck::str(url);
  rq.headers = &authorization;
  rq.header_count = 1;
  rq.weight = what.credits;
  rq.costs = costs.data();
  rq.cost_count = costs.size();
  bool answered = false, has_data = false;
  host_.http(rq, cancel, [&](const tdk_http_response &answer) {
    answered = true;
    vendor_now_ns_ = host_.now();
    if (const auto date = parse_http_date(tapedeck::header(answer, "Date")))
      vendor_now_ns_ = std::min(vendor_now_ns_, *date * kSecondNs);
    learn_from_headers(answer);
    has_data = take(what, answer, on_body);
  });
  if (!answered)
    throw tapedeck::Error(TDK_UNAVAILABLE, "fetching " + what.doing + ": no answer came");
  return has_data;
}

bool Session::take(const Get &what, const tdk_http_response &answer, const OnBody &on_body) {
  const std::string_view body = body_of(answer);
  if (answer.status != 200) {
    const VendorError error = error_of_refused(body);
    if (says_no_data(error)) return false;
    refuse(what, answer.status, error);
  }
  const kit::ExactJson tree(body, "twelvedata " + what.doing);
  if (const auto error = error_in(tree.root())) {
    if (says_no_data(*error)) return false;
    refuse(what, answer.status, *error);
  }
  on_body(tree.root());
  return true;
}

void Session::refuse(const Get &what, int http, const VendorError &said) const {
  tapedeck::Error error =
      refusal("fetching " + what.doing + " from " + settings_.base_url, http, said, host_.now());
  if (error.code() == TDK_RATE_LIMITED)
    host_.hold_account(error.retry_after_ms() * 1'000'000, error.what());
  throw error;
}

tapedeck::WebSocketConnection Session::connect(const tapedeck::Cancel &cancel) const {
  const std::string url = settings_.stream_url + std::string(kStreamPath);
  const tdk_kv key{tapedeck::str("X-TD-APIKEY"), tapedeck::str(settings_.apikey)};
  std::vector<tdk_cost> costs;  // it costs no API credits
  for (const std::uint64_t budget : {minute_budget_, day_budget_})
    if (budget) costs.push_back({budget, 0});
  tapedeck::ConnectionRequest asked{url};
  asked.headers = {&key, 1};
  asked.costs = costs;
  try {
    return tapedeck::WebSocketConnection(host_, asked, cancel);
  } catch (const tapedeck::Error &e) {
    // The vendor answers a key it does not like with 200, 401 or 403 and an error body.
    const int http = e.upstream();
    if (http != 200 && http != 401 && http != 403) throw;
    throw tapedeck::Error(http == 403 ? TDK_PERMISSION_DENIED : TDK_UNAUTHENTICATED,
                          std::string(e.what()) + "; check apikey, and that its plan has streams",
                          0, http);
  }
}

}  // namespace twelvedata
