#include "session.hpp"

#include "kit/text.hpp"
#include "refusal.hpp"

namespace polygon {
namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000, kMsNs = 1'000'000;
constexpr std::uint64_t kCourtesy = 100;  // requests a second that paid plans are asked to stay under

}  // namespace

// Whether the vendor's minute is one of the clock or any sixty seconds is not documented; a sliding
// one keeps within both.
Session::Session(tapedeck::Host host, Settings settings)
    : host_(host),
      settings_(std::move(settings)),
      authorization_("Bearer " + settings_.api_key),
      budget_(settings_.requests_per_minute != 0
                  ? host_.define_budget("requests-1m", TDK_BUDGET_SLIDING,
                                        settings_.requests_per_minute, 60 * kSecondNs)
                  : host_.define_budget("requests-1s", TDK_BUDGET_SLIDING, kCourtesy, kSecondNs)) {}

tapedeck::WebSocketConnection Session::connect(Market market,
                                               const tapedeck::Cancel &cancel) const {
  const std::string url = settings_.stream_url(market) + "/" + name_of(market);
  const tdk_cost cost{budget_, 0};
  tapedeck::ConnectionRequest asked{url};
  if (budget_ != 0) asked.costs = {&cost, 1};
  return tapedeck::WebSocketConnection(host_, asked, cancel);
}

void Session::accept(const std::string &doing, const tdk_http_response &answer) {
  if (answer.status == 200) return;
  const RefusedAnswer refused{answer.status, body_of(answer),
                              tapedeck::header(answer, "Retry-After")};
  tapedeck::Error error = refusal("fetching " + doing + " from " + settings_.base_url, refused);
  if (error.code() == TDK_RATE_LIMITED)
    host_.hold_account(error.retry_after_ms() * kMsNs, error.what());
  throw error;
}

std::string Session::next_page(const std::string &doing, const std::string &next_url) const {
  std::string url = page_after(settings_.base_url, next_url);
  if (!url.empty()) return url;
  throw tapedeck::Error(TDK_BAD_DATA, "fetching " + doing + ": the next page is at '" +
                                          kit::excerpt(next_url, 80) + "', which is not " +
                                          settings_.base_url + "; the key is not sent there");
}

}  // namespace polygon
