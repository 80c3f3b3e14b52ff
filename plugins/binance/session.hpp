// Requests and connections to one Binance host through Tapedeck's services, and what they cost.
//
// Threads: one at a time. Failures: TDK_CANCELLED, TDK_TIMEOUT and TDK_UNAVAILABLE of the host pass
// through; an answer that is not HTTP 200 throws what refusal() makes of it. Never retries or
// waits.
#pragma once

#include "settings.hpp"

#include <tapedeck/layer/connections.hpp>
#include <tapedeck/layer/services.hpp>

#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

namespace binance {

struct Get {
  std::string doing;  // "klines of BTCUSDT 1m", for texts
  std::string path;   // "/api/v3/klines?symbol=BTCUSDT&interval=1m"
  std::uint64_t weight = 1;
};

class Session {
 public:
  Session(tapedeck::Host host, Settings settings);

  // Hands the body of a 200 to on_body(std::string_view), borrowed for that call.
  template <class F>
  void get(const Get &what, const tapedeck::Cancel &cancel, F &&on_body) {
    const std::string url = settings_.base_url + what.path;
    const tdk_cost costs[] = {
        {weight_budget_, what.weight}, {request_budget_, 1}, {connect_budget_, 0}};
    tdk_http_request rq{};
    rq.struct_size = sizeof rq;
    rq.method = tapedeck::str("GET");
    rq.url = tapedeck::str(url);
    rq.weight = 1;
    rq.costs = has_budgets() ? costs : nullptr;
    rq.cost_count = has_budgets() ? std::size(costs) : 0;
    bool answered = false;
    host_.http(rq, cancel, [&](const tdk_http_response &answer) {
      answered = true;
      accept(what, answer);
      on_body(body_of(answer));
    });
    if (!answered)
      throw tapedeck::Error(TDK_UNAVAILABLE, "fetching " + what.doing + ": no answer came");
  }

  // A new connection to /stream, which carries nothing yet.
  tapedeck::WebSocketConnection connect(const tapedeck::Cancel &cancel) const;

  // What exchangeInfo tells of the limits; the configured ones stay the upper bound. 0: not told.
  void learn_limits(std::uint64_t weight_per_minute, std::uint64_t requests_per_five_minutes);

  const tapedeck::Host &host() const { return host_; }
  const Settings &settings() const { return settings_; }

 private:
  static std::string_view body_of(const tdk_http_response &answer) {
    const auto *bytes = reinterpret_cast<const char *>(answer.body.data);
    return {bytes ? bytes : "", bytes ? static_cast<std::size_t>(answer.body.size) : 0};
  }
  bool has_budgets() const {
    return weight_budget_ != 0 && request_budget_ != 0 && connect_budget_ != 0;
  }
  void define_budgets(std::uint64_t weight, std::uint64_t requests);
  void accept(const Get &what, const tdk_http_response &answer);

  tapedeck::Host host_;
  Settings settings_;
  std::uint64_t weight_budget_ = 0, request_budget_ = 0,
                connect_budget_ = 0;  // 0: the host keeps none
};

}  // namespace binance
