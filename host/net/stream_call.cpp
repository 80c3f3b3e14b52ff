#include "net/stream_call.hpp"

#include <tapedeck/layer/services.hpp>

#include <algorithm>

#include "base/text.hpp"
#include "net/redact.hpp"
#include "net/refusal.hpp"

namespace tapedeck {
namespace {

constexpr std::size_t kMaxHead = 32 * 1024;
constexpr std::size_t kPiece = 4096;
constexpr std::size_t kShownBody = 300;
constexpr std::int64_t kBodyWaitNs = 1'000'000'000;
constexpr std::int64_t kNsPerMs = 1'000'000;

// Where the head ends, behind its empty line; npos while it does not.
std::size_t end_of_head(std::string_view text) {
  const std::size_t strict = text.find("\r\n\r\n"), loose = text.find("\n\n");
  const std::size_t a = strict == std::string_view::npos ? strict : strict + 4;
  const std::size_t b = loose == std::string_view::npos ? loose : loose + 2;
  return std::min(a, b);
}

}  // namespace

StreamCall::StreamCall(HttpClient::Core &core, const HttpRequest &rq, Url url, Account *account,
                       const tdk_cancel *cancel)
    : core_(core), rq_(rq), url_(std::move(url)), account_(account), cancel_(cancel) {}

std::string StreamCall::describe(std::string_view what, std::string_view advice) const {
  std::string text = "GET " + printable(redact_url(rq_.url), 300) + ": ";
  text += what;
  if (!advice.empty()) (text += "; ") += advice;
  return blank_secrets(std::move(text), rq_.secrets);
}

OpenedStream StreamCall::open(const HeaderList &extra) try {
  ++core_.counters.requests;
  Spending spending;
  if (account_ != nullptr) spending = account_->acquire(rq_.costs, rq_.weight, rq_.priority, cancel_);
  const std::int64_t began = core_.clock.monotonic_ns();
  IoScope scope(cancel_, rq_.timeout_ns > 0 ? rq_.timeout_ns : core_.settings.total_timeout_ns);
  OpenedStream out = exchange(scope, extra);
  spending.answered();
  if (account_ != nullptr) account_->note_answer(out.head.status, core_.clock.monotonic_ns() - began);
  return out;
} catch (const NetFailure &e) {
  ++core_.counters.failures[static_cast<std::size_t>(e.fault())];
  if (account_ != nullptr) account_->note_failure(describe(e.what()));
  throw Error(e.code(), describe(e.what(), fault_advice(e.fault())));
} catch (const Error &e) {
  throw Error(e.code(), describe(e.what()), e.retry_after_ms(), e.upstream());
}

OpenedStream StreamCall::exchange(IoScope &scope, const HeaderList &extra) {
  const WireRequest wire{rq_, url_, core_.settings.proxy.proxy_of(url_), core_.settings};
  OpenedStream out;
  out.channel = StreamChannel::open(wire, core_.tls, scope);
  ++core_.counters.opened;
  scope.begin("sending the request", core_.settings.idle_timeout_ns);
  out.channel->send(request_text(wire, extra), scope);
  scope.begin("waiting for the answer", core_.settings.idle_timeout_ns);
  std::string text;
  std::size_t end = std::string::npos;
  while ((end = end_of_head(text)) == std::string::npos) {
    if (text.size() > kMaxHead) scope.fail(NetFault::Protocol, "the answer's head has no end");
    char piece[kPiece];
    scope.check();  // a fast peer never lets us wait, where else cancellations are noticed
    const std::size_t n = out.channel->receive(piece, scope);
    if (n == 0)
      scope.fail(NetFault::Reset, text.empty() ? "the connection was closed without an answer"
                                               : "the connection was closed in the middle of the head");
    text.append(piece, n);
  }
  auto head = parse_http_head(std::string_view(text).substr(0, end));
  if (!head) scope.fail(NetFault::Protocol, "what came is no HTTP answer");
  out.head = std::move(*head);
  out.rest = text.substr(end);
  return out;
}

std::string StreamCall::request_text(const WireRequest &wire, const HeaderList &extra) const {
  std::string out = "GET " + url_.target + " HTTP/1.1\r\nHost: " + url_.authority() + "\r\n";
  const auto add = [&out](std::string_view name, std::string_view value) {
    ((out += name) += ": ") += value;
    out += "\r\n";
  };
  const bool has_agent = std::any_of(rq_.headers.begin(), rq_.headers.end(),
                                     [](const auto &h) { return equal_ignoring_case(h.first, "User-Agent"); });
  if (!has_agent) add("User-Agent", wire.settings.user_agent);
  for (const auto &[name, value] : extra) add(name, value);
  for (const auto &[name, value] : rq_.headers)
    // The frames of a stream are read as they come, so nothing may be compressed.
    if (!equal_ignoring_case(name, "Accept-Encoding")) add(name, value);
  return out += "\r\n";
}

// What an operator should see of an error page; whatever goes wrong here is not the news.
std::string StreamCall::first_bytes(OpenedStream &opened) {
  IoScope scope(cancel_, kBodyWaitNs);
  scope.begin("reading the body", kBodyWaitNs);
  try {
    char piece[kPiece];
    const bool has_body = opened.head.header("Content-Length") != "0" && opened.head.status >= 200;
    if (has_body && opened.rest.empty()) opened.rest.append(piece, opened.channel->receive(piece, scope));
  } catch (const NetFailure &failure) {
    if (failure.fault() == NetFault::Cancelled) throw Error(failure.code(), describe(failure.what()));
  }
  std::string_view body = opened.rest;
  if (equal_ignoring_case(opened.head.header("Transfer-Encoding"), "chunked"))
    body.remove_prefix(std::min(body.find('\n') + 1, body.size()));  // the first chunk's length
  return printable(body, kShownBody);
}

void StreamCall::refuse(OpenedStream &opened, std::string_view what) {
  const int status = opened.head.status;
  const std::int64_t hold_ns =
      hold_after_refusal(status, opened.head.header("Retry-After"), url_.host, account_, core_.clock);
  std::string text = std::string(what) + " (status " + std::to_string(status) + ")";
  if (const std::string body = first_bytes(opened); !body.empty()) text += ": " + body;
  const tdk_status code = status < 400 ? TDK_BAD_DATA : status_of_http(status);
  throw Error(code, describe(text), (hold_ns + kNsPerMs - 1) / kNsPerMs, status);
}

}  // namespace tapedeck
