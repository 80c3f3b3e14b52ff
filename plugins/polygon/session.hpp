// Requests and connections to Polygon through Tapedeck's services, with the key in a header, and what
// they cost.
//
// Threads: one at a time. Failures: TDK_CANCELLED, TDK_TIMEOUT and TDK_UNAVAILABLE of the host pass
// through; an answer that is not HTTP 200 throws what refusal() makes of it. Never retries or waits.
#pragma once

#include "settings.hpp"
#include "symbols.hpp"

#include <tapedeck/layer/connections.hpp>
#include <tapedeck/layer/services.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace polygon {

class Session {
 public:
  Session(tapedeck::Host host, Settings settings);

  // The body of a 200 goes to on_body(std::string_view), borrowed for that call. `path`: "/v2/...".
  // `doing`: "minutes of AAPL", for texts.
  template <class F>
  void get(const std::string &doing, const std::string &path, const tapedeck::Cancel &cancel,
           F &&on_body) {
    get_url(doing, settings_.base_url + path, cancel, on_body);
  }

  // The next page of an answer, at a URL of the vendor's own making. TDK_BAD_DATA, and no request,
  // when it leads elsewhere: the key goes to nobody else.
  template <class F>
  void follow(const std::string &doing, const std::string &next_url,
              const tapedeck::Cancel &cancel, F &&on_body) {
    get_url(doing, next_page(doing, next_url), cancel, on_body);
  }

  tapedeck::WebSocketConnection connect(Market market, const tapedeck::Cancel &cancel) const;

  const tapedeck::Host &host() const { return host_; }
  const Settings &settings() const { return settings_; }

 private:
  template <class F>
  void get_url(const std::string &doing, const std::string &url, const tapedeck::Cancel &cancel,
               F &&on_body) {
    cancel.check();
    const tdk_kv headers[] = {{tapedeck::str("Authorization"), tapedeck::str(authorization_)}};
    const tdk_cost cost{budget_, 1};
    tdk_http_request rq{};
    rq.struct_size = sizeof rq;
    rq.method = tapedeck::str("GET");
    rq.url = tapedeck::str(url);
    rq.headers = headers;
    rq.header_count = 1;
    rq.weight = 1;
    rq.costs = budget_ != 0 ? &cost : nullptr;
    rq.cost_count = budget_ != 0 ? 1 : 0;
    bool answered = false;
    host_.http(rq, cancel, [&](const tdk_http_response &answer) {
      answered = true;
      accept(doing, answer);
      on_body(body_of(answer));
    });
    if (!answered)
      throw tapedeck::Error(TDK_UNAVAILABLE, "fetching " + doing + ": no answer came");
  }
  static std::string_view body_of(const tdk_http_response &answer) {
    const auto *bytes = reinterpret_cast<const char *>(answer.body.data);
    return {bytes ? bytes : "", bytes ? static_cast<std::size_t>(answer.body.size) : 0};
  }
  void accept(const std::string &doing, const tdk_http_response &answer);
  std::string next_page(const std::string &doing, const std::string &next_url) const;

  tapedeck::Host host_;
  Settings settings_;
  std::string authorization_;
  std::uint64_t budget_ = 0;  // 0: the host keeps none
};

}  // namespace polygon
