#include "net/http_call.hpp"

#include "base/cancel.hpp"
#include "base/text.hpp"
#include "net/redact.hpp"
#include "net/refusal.hpp"
#include "net/tape.hpp"

namespace tapedeck {

HttpCall::HttpCall(HttpClient::Core &core, const HttpRequest &rq, Account *account, const tdk_cancel *cancel,
                   HttpAnswer &out)
    : core_(core), rq_(rq), account_(account), cancel_(cancel), out_(out), url_(Url::parse(rq.url)) {}

std::string HttpCall::describe(std::string_view what, std::string_view advice) const {
  std::string text = printable(rq_.method, 20) + " " + printable(redact_url(url_.text()), 300) + ": ";
  text += what;
  if (out_.tries > 1) text += " (" + std::to_string(out_.tries) + " tries)";
  if (!advice.empty()) (text += "; ") += advice;
  return blank_secrets(std::move(text), rq_.secrets);
}

void HttpCall::run() try {
  ++core_.counters.requests;
  out_.tries = 0;
  out_.waited_ns = 0;
  loop();
} catch (const NetFailure &e) {
  throw Error(e.code(), describe(e.what(), fault_advice(e.fault())));
} catch (const Error &e) {
  throw Error(e.code(), describe(e.what(), ""), e.retry_after_ms(), e.upstream());
}

void HttpCall::loop() {
  for (;;) {
    ++out_.tries;
    try {
      send_once();
    } catch (const NetFailure &failure) {
      if (!again_after(failure)) throw;
      continue;
    }
    if (follow_redirect()) continue;
    if (!again_after_answer()) return;
  }
}

void HttpCall::send_once() {
  out_.spending = Spending();
  Tape *tape = core_.settings.tape.get();
  const TapeSubject subject{core_.settings.tape_plugin, tape != nullptr ? rq_.secrets : std::vector<std::string>()};
  if (tape != nullptr && tape->player() != nullptr)
    return tape->player()->answer(subject, rq_.method, url_.text(), out_);
  ask_vendor();
  if (tape != nullptr) tape->recorder()->keep_answer(subject, rq_.method, url_.text(), out_);
}

void HttpCall::ask_vendor() {
  Spending spending;
  if (account_ != nullptr) spending = account_->acquire(rq_.costs, rq_.weight, rq_.priority, cancel_);
  out_.waited_ns += spending.waited_ns();
  core_.counters.waited_ns += spending.waited_ns();
  const std::int64_t began = core_.clock.monotonic_ns();
  IoScope scope(cancel_, rq_.timeout_ns > 0 ? rq_.timeout_ns : core_.settings.total_timeout_ns);
  struct Count {
    IoScope &scope;
    HttpClient::Core::Counters &counters;
    ~Count() {
      counters.bytes_in += scope.traffic.bytes_in;
      counters.bytes_out += scope.traffic.bytes_out;
    }
  } count{scope, core_.counters};
  exchange(scope);
  spending.answered();
  if (account_ != nullptr) account_->note_answer(out_.status, core_.clock.monotonic_ns() - began);
  out_.spending = std::move(spending);
}

void HttpCall::exchange(IoScope &scope) {
  const WireRequest wire{rq_, url_, core_.settings.proxy.proxy_of(url_), core_.settings};
  const std::string route = Connection::route(wire);
  if (try_kept(wire, route, scope)) return;
  auto connection = Connection::open(wire, core_.tls, scope);
  ++core_.counters.opened;
  if (connection->exchange(wire, scope, out_)) core_.pool.put(route, std::move(connection));
}

// False when there is no kept connection, or the server closed it just when we used it: that is no
// failure of the vendor's, and does not count as a try. A request that must not be sent twice fails.
bool HttpCall::try_kept(const WireRequest &wire, const std::string &route, IoScope &scope) {
  std::uint64_t stale = 0;
  auto connection = core_.pool.take(route, stale);
  core_.counters.stale += stale;
  if (!connection) return false;
  ++core_.counters.reused;
  try {
    if (connection->exchange(wire, scope, out_)) core_.pool.put(route, std::move(connection));
    return true;
  } catch (const NetFailure &failure) {
    const bool repeatable = rq_.method == "GET" || rq_.method == "HEAD";
    if (failure.fault() != NetFault::Reset || scope.traffic.bytes_in > 0 || !repeatable) throw;
  }
  ++core_.counters.stale;
  scope.forget_failure();
  return false;
}

bool HttpCall::may_try_again() const {
  const bool repeatable = rq_.method == "GET" || rq_.method == "HEAD";
  return repeatable && (rq_.flags & TDK_HTTP_NO_RETRY) == 0 && out_.tries < core_.settings.tries;
}

bool HttpCall::follow_redirect() {
  const int s = out_.status;
  const bool redirect = s == 301 || s == 302 || s == 303 || s == 307 || s == 308;
  const std::string_view location = out_.header("Location");
  if (!redirect || location.empty() || (rq_.method != "GET" && rq_.method != "HEAD")) return false;
  if (redirects_ >= core_.settings.redirects) return false;
  try {
    Url next = url_.resolve(location);
    if (!next.same_origin(url_)) return false;
    url_ = std::move(next);
  } catch (const Error &) {
    return false;  // whoever asked sees the redirect, and what is wrong with it
  }
  ++redirects_;
  ++core_.counters.redirects;
  --out_.tries;  // the next one is the same try, at another place
  return true;
}

// How long (ns) the account, or this request when it has none, has to wait; 0 when nothing was asked.
std::int64_t HttpCall::hold_account() {
  return hold_after_refusal(out_.status, out_.header("Retry-After"), url_.host, account_, core_.clock);
}

bool HttpCall::again_after_answer() {
  const std::int64_t hold_ns = hold_account();
  const bool refused = out_.status == 429 || out_.status == 418 || hold_ns > 0;
  if ((!refused && out_.status < 500) || !may_try_again()) return false;
  if (hold_ns > core_.settings.max_wait_ns) return false;
  ++core_.counters.retries;
  if (hold_ns == 0)
    back_off();
  else if (account_ == nullptr)
    sleep(hold_ns);  // otherwise the account makes the next try wait
  return true;
}

bool HttpCall::again_after(const NetFailure &failure) {
  ++core_.counters.failures[static_cast<std::size_t>(failure.fault())];
  if (account_ != nullptr) account_->note_failure(describe(failure.what(), ""));
  if (!fault_is_transient(failure.fault()) || !may_try_again()) return false;
  ++core_.counters.retries;
  back_off();
  return true;
}

void HttpCall::back_off() { sleep(core_.backoff.after(out_.tries)); }

void HttpCall::sleep(std::int64_t ns) {
  const tdk_status status = core_.clock.sleep_ns(ns, cancel_);
  if (status == TDK_OK) return;
  const bool late = status == TDK_TIMEOUT;
  throw NetFailure(late ? NetFault::CallerTimeout : NetFault::Cancelled,
                   late ? "the caller's time is up before the next try" : "cancelled before the next try");
}

}  // namespace tapedeck
