// The HTTP client of the host: pooled connections, TLS, proxies, gzip, budgets and retries.
#pragma once

#include <tapedeck/abi.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "net/budget.hpp"
#include "net/net_failure.hpp"
#include "net/proxy.hpp"
#include "net/resolver.hpp"

namespace tapedeck {

class LineStream;
class Tape;
class WebSocket;

enum class PlainHttp : std::uint8_t { Never, Loopback, Always };

struct HttpSettings {
  std::int64_t connect_timeout_ns = 5'000'000'000;  // look-up, TCP and TLS each
  std::int64_t idle_timeout_ns = 15'000'000'000;    // between two bytes
  std::int64_t total_timeout_ns = 60'000'000'000;   // of one try, unless the request says otherwise
  std::uint64_t body_limit = 64ULL * 1024 * 1024;   // bytes, after decompression
  int tries = 3;
  int redirects = 3;
  std::int64_t backoff_first_ns = 500'000'000;
  std::int64_t backoff_longest_ns = 10'000'000'000;
  std::int64_t max_wait_ns = 120'000'000'000;  // a longer Retry-After gives the answer to the caller
  std::uint64_t seed = 0;                      // of the jitter
  std::size_t idle_per_origin = 8;             // connections kept
  std::size_t idle_in_all = 64;
  std::int64_t keep_idle_ns = 30'000'000'000;
  PlainHttp plain_http = PlainHttp::Loopback;
  std::string ca_file;  // PEM; empty: the system's CAs
  bool insecure = false;
  std::string user_agent = "tapedeck";
  ProxyRules proxy;  // none; ProxyRules::from_environment() for the usual
  LookUp look_up = system_look_up();
  std::shared_ptr<Tape> tape;  // records what comes, or stands in for the network; may be NULL
  std::string tape_plugin;     // whose traffic that is
};

using HeaderList = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  HeaderList headers;
  std::string_view body;        // borrowed for the call
  std::int64_t timeout_ns = 0;  // of one try, <= 0: the setting
  std::uint64_t weight = 0;
  std::vector<tdk_cost> costs;
  std::uint32_t flags = 0;  // TDK_HTTP_*
  Priority priority = Priority::Backfill;
  std::vector<std::string> secrets;  // blanked in every text
};

struct HttpAnswer {
  int status = 0;
  HeaderList headers;
  std::string body;  // whole, decompressed
  int tries = 0;
  std::int64_t waited_ns = 0;  // for budgets and holds
  Spending spending;           // what this answer has cost, for Account::observe()
  std::string packed;          // scratch

  // The first header of this name in any case, empty when absent.
  std::string_view header(std::string_view name) const noexcept;
};

struct HttpStats {
  std::uint64_t requests = 0;
  std::uint64_t retries = 0;
  std::uint64_t redirects = 0;
  std::uint64_t bytes_in = 0;   // on the wire, without TLS
  std::uint64_t bytes_out = 0;
  std::uint64_t opened = 0;     // connections
  std::uint64_t reused = 0;
  std::uint64_t stale = 0;      // kept connections that the server had closed
  std::int64_t waited_ns = 0;   // for budgets and holds
  std::array<std::uint64_t, kNetFaults> failures{};  // tries, by NetFault
};

// Lifecycle: outlives its calls. Threads: any, each call blocks its own.
// SIGPIPE is ignored from the first client on: TLS writes to a closed socket would raise it.
class HttpClient {
 public:
  HttpClient(HttpSettings settings, Clock &clock);
  ~HttpClient();
  HttpClient(const HttpClient &) = delete;
  HttpClient &operator=(const HttpClient &) = delete;

  // Fills `out`, whose buffers are reused, with the last answer whatever its status.
  //
  // GET and HEAD are tried `tries` times on 5xx, time-outs, refused and broken connections, unless
  // TDK_HTTP_NO_RETRY; each try takes its costs from `account` (may be NULL). A 429, 418 or 503 holds
  // the account for as long as Retry-After says, 429 and 418 without one for a growing time. Redirects
  // of GET and HEAD are followed within the same scheme, host and port only, so headers with
  // credentials never reach a stranger; any other redirect is the answer.
  //
  // Throws Error: TDK_INVALID_ARGUMENT (URL, method, headers, costs), TDK_UNAVAILABLE and TDK_TIMEOUT (no
  // answer), TDK_CANCELLED (noticed within 50 ms at every stage), TDK_BAD_DATA (too large, does not
  // decompress). Secrets of the request and of the URL are blanked in the text.
  void request(const HttpRequest &rq, Account *account, const tdk_cancel *cancel, HttpAnswer &out);

  // Opens a WebSocket at a ws or wss (also http or https) address. One try, whose costs are taken like a
  // request's. What the vendor answers instead is an Error with the status of status_of_http(), the HTTP
  // status as upstream code, the first bytes of the body in the text and Retry-After, for which the
  // account is held. Redirects are not followed, extensions not offered. Throws as request().
  std::unique_ptr<WebSocket> open_web_socket(const HttpRequest &rq, Account *account, const tdk_cancel *cancel);
  // The same for a GET whose 2xx answer is handed over line by line. It is asked for without compression.
  std::unique_ptr<LineStream> open_lines(const HttpRequest &rq, Account *account, const tdk_cancel *cancel);

  HttpStats stats() const;

 private:
  struct Core;
  friend class HttpCall;
  friend class StreamCall;
  std::unique_ptr<Core> core_;
};

}  // namespace tapedeck
