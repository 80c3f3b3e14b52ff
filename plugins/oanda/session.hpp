// Requests and connections to OANDA through Tapedeck's services, and what they cost.
//
// Threads: one at a time. Failures: TDK_CANCELLED, TDK_TIMEOUT and TDK_UNAVAILABLE of the host pass
// through; an answer that is not HTTP 200, or is a page of HTML, throws what refusal() makes of it;
// TDK_UNAUTHENTICATED without a token. A 401 is asked about once more, as they come by mistake;
// nothing else is repeated here.
#pragma once

#include "settings.hpp"

#include <tapedeck/layer/connections.hpp>
#include <tapedeck/layer/services.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace oanda {

struct Get {
  std::string doing;  // "candles of EUR_USD M1", for texts
  std::string path;   // "/v3/instruments/EUR_USD/candles?granularity=M1"
};

class Session {
 public:
  using OnBody = std::function<void(std::string_view)>;

  Session(tapedeck::Host host, Settings settings);

  // Hands over the body of a 200, borrowed for that call.
  void get(const Get &what, const tapedeck::Cancel &cancel, const OnBody &on_body);

  // A new response that does not end, from the streaming host.
  tapedeck::LineConnection connect(const Get &what, const tapedeck::Cancel &cancel);

  // The configured account, or the first one of the token, which costs a request once.
  const std::string &account(const tapedeck::Cancel &cancel);

  const tapedeck::Host &host() const { return host_; }
  const Settings &settings() const { return settings_; }

 private:
  struct Headers;
  bool try_get(const Get &what, bool may_repeat, const tapedeck::Cancel &cancel,
               const OnBody &on_body);
  void require_token() const;
  std::uint64_t new_connections();

  tapedeck::Host host_;
  Settings settings_;
  std::string authorization_;
  std::string account_;
  std::int64_t last_request_ = INT64_MIN;  // monotonic
  std::uint64_t request_budget_ = 0, connect_budget_ = 0;  // 0: the host keeps none
};

}  // namespace oanda
