// One request of a caller, with all its tries and redirects.
#pragma once

#include <atomic>
#include <string>

#include "net/connection_pool.hpp"
#include "net/http_client.hpp"
#include "net/retry.hpp"
#include "net/tls.hpp"

namespace tapedeck {

struct HttpClient::Core {
  Core(HttpSettings s, Clock &c);

  const HttpSettings settings;
  Clock &clock;
  ConnectionPool pool;
  TlsClient tls;
  Backoff backoff;

  struct Counters {
    std::atomic<std::uint64_t> requests{0}, retries{0}, redirects{0}, bytes_in{0}, bytes_out{0}, opened{0},
        reused{0}, stale{0};
    std::atomic<std::int64_t> waited_ns{0};
    std::array<std::atomic<std::uint64_t>, kNetFaults> failures{};
  } counters;
};

// Threads: one.
class HttpCall {
 public:
  HttpCall(HttpClient::Core &core, const HttpRequest &rq, Account *account, const tdk_cancel *cancel,
           HttpAnswer &out);
  // As HttpClient::request().
  void run();

 private:
  void loop();
  void send_once();
  void ask_vendor();
  void exchange(IoScope &scope);
  bool try_kept(const WireRequest &wire, const std::string &route, IoScope &scope);
  bool follow_redirect();
  bool again_after_answer();
  bool again_after(const NetFailure &failure);
  std::int64_t hold_account();
  void back_off();
  void sleep(std::int64_t ns);
  bool may_try_again() const;
  std::string describe(std::string_view what, std::string_view advice) const;

  HttpClient::Core &core_;
  const HttpRequest &rq_;
  Account *account_;
  const tdk_cancel *cancel_;
  HttpAnswer &out_;
  Url url_;
  int redirects_ = 0;
};

}  // namespace tapedeck
