#include "session.hpp"

#include "parse.hpp"
#include "refusal.hpp"

#include <iterator>

namespace oanda {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000, kMs = 1'000'000;
constexpr std::uint64_t kConnectsPerSecond = 2;
constexpr std::int64_t kConnectsWindow = 1'100'000'000;  // a network moves them closer together
// A connection that was idle for longer may be gone, so that the next request opens another.
constexpr std::int64_t kKeptFor = 20 * kSecond;

std::string_view body_of(const tdk_http_response &answer) {
  const auto *bytes = reinterpret_cast<const char *>(answer.body.data);
  return {bytes ? bytes : "", bytes ? static_cast<std::size_t>(answer.body.size) : 0};
}

tdk_kv field(std::string_view name, std::string_view value) {
  return {tapedeck::str(name), tapedeck::str(value)};
}

}  // namespace

struct Session::Headers {
  explicit Headers(const std::string &authorization)
      : list{field("Authorization", authorization), field("Accept-Datetime-Format", "RFC3339")} {}
  tdk_kv list[2];
};

Session::Session(tapedeck::Host host, Settings settings)
    : host_(host),
      settings_(std::move(settings)),
      authorization_("Bearer " + settings_.token),
      account_(settings_.account) {
  request_budget_ = host_.define_budget("requests-1s", TDK_BUDGET_SLIDING,
                                        settings_.requests_per_second, kSecond);
  connect_budget_ =
      host_.define_budget("connects-1s", TDK_BUDGET_SLIDING, kConnectsPerSecond, kConnectsWindow);
}

void Session::require_token() const {
  if (settings_.token.empty())
    throw tapedeck::Error(TDK_UNAUTHENTICATED,
                          "asking OANDA: no token; make one on the vendor's site and set 'token'");
}

// The host keeps connections, and does not say when it opens one: the first request of an instance
// and those after a pause are taken to need one.
std::uint64_t Session::new_connections() {
  const std::int64_t now = host_.monotonic();
  const bool kept = last_request_ != INT64_MIN && now - last_request_ < kKeptFor;
  last_request_ = now;
  return kept ? 0 : 1;
}

void Session::get(const Get &what, const tapedeck::Cancel &cancel, const OnBody &on_body) {
  require_token();
  if (!try_get(what, true, cancel, on_body)) try_get(what, false, cancel, on_body);
}

// False: a 401 that may be a mistake of the vendor.
bool Session::try_get(const Get &what, bool may_repeat, const tapedeck::Cancel &cancel,
                      const OnBody &on_body) {
  const std::string url = settings_.base_url + what.path;
  const Headers headers(authorization_);
  const tdk_cost costs[] = {{request_budget_, 1}, {connect_budget_, new_connections()}};
  const bool has_budgets = request_budget_ != 0 && connect_budget_ != 0;
  tdk_http_request rq{};
  rq.struct_size = sizeof rq;
  rq.method = tapedeck::str("GET");
  rq.url = tapedeck::str(url);
  rq.headers = headers.list;
  rq.header_count = std::size(headers.list);
  rq.weight = 1;
  rq.costs = has_budgets ? costs : nullptr;
  rq.cost_count = has_budgets ? std::size(costs) : 0;
  bool answered = false, repeat = false;
  host_.http(rq, cancel, [&](const tdk_http_response &answer) {
    answered = true;
    const std::string_view body = body_of(answer);
    if (answer.status == 200 && !is_html(body)) return on_body(body);
    tapedeck::Error error =
        refusal("fetching " + what.doing + " from " + settings_.base_url, answer.status, body);
    repeat = may_repeat && error.code() == TDK_UNAUTHENTICATED;
    if (repeat) return;
    if (error.code() == TDK_RATE_LIMITED)
      host_.hold_account(error.retry_after_ms() * kMs, error.what());
    throw error;
  });
  if (!answered)
    throw tapedeck::Error(TDK_UNAVAILABLE, "fetching " + what.doing + ": no answer came");
  return !repeat;
}

tapedeck::LineConnection Session::connect(const Get &what, const tapedeck::Cancel &cancel) {
  require_token();
  const std::string url = settings_.stream_url + what.path;
  const Headers headers(authorization_);
  const tdk_cost costs[] = {{request_budget_, 1}, {connect_budget_, 1}};
  tapedeck::ConnectionRequest asked{url, headers.list, {}};
  if (request_budget_ != 0 && connect_budget_ != 0) asked.costs = costs;
  return tapedeck::LineConnection(host_, asked, cancel);
}

const std::string &Session::account(const tapedeck::Cancel &cancel) {
  if (account_.empty())
    get({"the accounts of the token", "/v3/accounts"}, cancel,
        [&](std::string_view body) { account_ = parse_first_account(body); });
  return account_;
}

}  // namespace oanda
