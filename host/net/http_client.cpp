#include "net/http_client.hpp"

#include <algorithm>
#include <csignal>

#include "base/text.hpp"
#include "net/http_call.hpp"
#include "net/network_line_stream.hpp"
#include "net/network_web_socket.hpp"
#include "net/redact.hpp"
#include "net/tape.hpp"

namespace tapedeck {
namespace {

constexpr std::size_t kMaxHeaders = 64;
constexpr std::size_t kMaxHeaderBytes = 16 * 1024;

[[noreturn]] void refuse(const std::string &what) {
  throw Error(TDK_INVALID_ARGUMENT, "checking an HTTP request: " + what);
}

// Fields that frame the message or speak to the proxy are the client's own.
bool is_reserved(std::string_view name) {
  static constexpr std::string_view kReserved[] = {
      "Host", "Connection", "Content-Length", "Transfer-Encoding", "Proxy-Authorization", "Proxy-Connection",
      "Keep-Alive", "Upgrade", "TE", "Trailer", "Expect", "Sec-WebSocket-Key", "Sec-WebSocket-Version",
      "Sec-WebSocket-Accept", "Sec-WebSocket-Extensions"};
  return std::any_of(std::begin(kReserved), std::end(kReserved),
                     [&](std::string_view reserved) { return equal_ignoring_case(name, reserved); });
}

// Names are quoted only when they are tokens; values may be secrets and never are.
void check_headers(const HeaderList &headers) {
  if (headers.size() > kMaxHeaders) refuse("more than 64 headers");
  for (const auto &[name, value] : headers) {
    if (name.size() > 256 || !is_token(name)) refuse("a header name holds what HTTP does not allow");
    if (value.size() > kMaxHeaderBytes || !is_field_value(value))
      refuse("header " + name + " holds a line break or another control character, or is over 16 KiB");
    if (is_reserved(name)) refuse("header " + name + " is set by the host; leave it out");
  }
}

void check_method(const std::string &method) {
  static constexpr std::string_view kMethods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
  if (std::find(std::begin(kMethods), std::end(kMethods), method) == std::end(kMethods))
    refuse("the method must be GET, HEAD, POST, PUT, PATCH or DELETE");
}

void check_scheme(const Url &url, PlainHttp allowed) {
  if (url.tls || allowed == PlainHttp::Always) return;
  if (allowed == PlainHttp::Loopback && is_loopback(url.host)) return;
  refuse("http:// is not allowed to " + url.host + "; use https://, or let the operator allow plain HTTP");
}

void check_stream(const HttpRequest &rq) {
  if (rq.method != "GET" || !rq.body.empty()) refuse("a stream is opened by GET without a body");
  check_headers(rq.headers);
}

// What errors of a stream begin with.
std::string stream_name(const HttpRequest &rq) {
  return blank_secrets(printable(redact_url(rq.url), 300), rq.secrets);
}

}  // namespace

HttpClient::Core::Core(HttpSettings s, Clock &c)
    : settings(std::move(s)),
      clock(c),
      pool(settings.idle_per_origin, settings.idle_in_all, settings.keep_idle_ns),
      tls(settings.ca_file, settings.insecure),
      backoff(settings.seed, settings.backoff_first_ns, settings.backoff_longest_ns) {}

HttpClient::HttpClient(HttpSettings settings, Clock &clock)
    : core_(std::make_unique<Core>(std::move(settings), clock)) {
  struct sigaction now {};
  sigaction(SIGPIPE, nullptr, &now);
  if (now.sa_handler == SIG_DFL) std::signal(SIGPIPE, SIG_IGN);
}

HttpClient::~HttpClient() = default;

void HttpClient::request(const HttpRequest &rq, Account *account, const tdk_cancel *cancel, HttpAnswer &out) {
  check_method(rq.method);
  check_headers(rq.headers);
  check_scheme(Url::parse(rq.url), core_->settings.plain_http);
  HttpCall(*core_, rq, account, cancel, out).run();
}

std::unique_ptr<WebSocket> HttpClient::open_web_socket(const HttpRequest &rq, Account *account,
                                                       const tdk_cancel *cancel) {
  check_stream(rq);
  Url url = Url::parse(http_url_of(rq.url));
  const auto &settings = core_->settings;
  check_scheme(url, settings.plain_http);
  const TapeSubject subject{settings.tape_plugin, rq.secrets};
  if (settings.tape && settings.tape->player()) return settings.tape->player()->open_web_socket(subject, rq.url);
  StreamCall call(*core_, rq, std::move(url), account, cancel);
  auto socket = NetworkWebSocket::open(call, rq, stream_name(rq), settings.idle_timeout_ns);
  if (settings.tape) socket->record(settings.tape->recorder()->start_track(subject, "websocket", rq.url));
  return socket;
}

std::unique_ptr<LineStream> HttpClient::open_lines(const HttpRequest &rq, Account *account, const tdk_cancel *cancel) {
  check_stream(rq);
  Url url = Url::parse(rq.url);
  const auto &settings = core_->settings;
  check_scheme(url, settings.plain_http);
  const TapeSubject subject{settings.tape_plugin, rq.secrets};
  if (settings.tape && settings.tape->player()) return settings.tape->player()->open_lines(subject, rq.url);
  StreamCall call(*core_, rq, std::move(url), account, cancel);
  auto lines = NetworkLineStream::open(call, stream_name(rq));
  if (settings.tape) lines->record(settings.tape->recorder()->start_track(subject, "lines", rq.url));
  return lines;
}

HttpStats HttpClient::stats() const {
  const auto &c = core_->counters;
  HttpStats out{c.requests, c.retries, c.redirects, c.bytes_in, c.bytes_out, c.opened, c.reused, c.stale,
                c.waited_ns, {}};
  std::copy(c.failures.begin(), c.failures.end(), out.failures.begin());
  return out;
}

std::string_view HttpAnswer::header(std::string_view name) const noexcept {
  for (const auto &[key, value] : headers)
    if (equal_ignoring_case(key, name)) return value;
  return {};
}

}  // namespace tapedeck
