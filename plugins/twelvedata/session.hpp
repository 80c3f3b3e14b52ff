// Requests and connections to Twelve Data through Tapedeck's services, and what they cost.
//
// Threads: one at a time. Failures: TDK_CANCELLED, TDK_TIMEOUT and TDK_UNAVAILABLE of the host pass
// through; an error of the vendor, in whatever HTTP status it comes, throws what refusal() makes of
// it. Never retries or waits.
#pragma once

#include "kit/exact_json.hpp"
#include "refusal.hpp"
#include "settings.hpp"

#include <tapedeck/layer/connections.hpp>
#include <tapedeck/layer/services.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace twelvedata {

struct Get {
  std::string doing;  // "time_series of XAU/USD 15min", for texts
  std::string path;   // "/time_series?symbol=XAU%2FUSD&interval=15min"
  std::uint64_t credits = 1;
};

class Session {
 public:
  using OnBody = std::function<void(const kit::JsonValue &)>;

  Session(tapedeck::Host host, Settings settings);

  // Hands what is no error to on_body. False: the vendor said that it has no data there.
  bool get(const Get &what, const tapedeck::Cancel &cancel, const OnBody &on_body);

  // A new connection, on which nothing is subscribed. A refused upgrade is final:
  // TDK_UNAUTHENTICATED or TDK_PERMISSION_DENIED.
  tapedeck::WebSocketConnection connect(const tapedeck::Cancel &cancel) const;

  // The vendor's time at the last answer, by its Date header, or the host's if that is earlier:
  // what decides whether a candle has closed errs towards forming.
  std::int64_t vendor_now_ns() const { return vendor_now_ns_; }

  // The most symbols that one request may ask for.
  std::uint64_t symbols_per_request() const;

  const tapedeck::Host &host() const { return host_; }
  const Settings &settings() const { return settings_; }

 private:
  void define_budgets();
  bool ask(const Get &what, const tapedeck::Cancel &cancel, const OnBody &on_body);
  void learn_plan(const tapedeck::Cancel &cancel);
  void learn_from_headers(const tdk_http_response &answer);
  bool take(const Get &what, const tdk_http_response &answer, const OnBody &on_body);
  [[noreturn]] void refuse(const Get &what, int http, const VendorError &error) const;

  tapedeck::Host host_;
  Settings settings_;
  std::uint64_t per_minute_ = 0, per_day_ = 0;        // as told, at most as set
  std::uint64_t minute_budget_ = 0, day_budget_ = 0;  // 0: the host keeps none, or no limit
  bool plan_known_ = false;
  std::int64_t vendor_now_ns_ = 0;
};

}  // namespace twelvedata
