#include "net/net_services.hpp"

#include <tapedeck/layer/core.hpp>

#include <utility>

#include "base/text.hpp"
#include "net/redact.hpp"

// TDK_HAS is C, with C's casts.
#pragma GCC diagnostic ignored "-Wold-style-cast"

namespace tapedeck {
namespace {

constexpr std::uint64_t kMaxText = 16 * 1024;
constexpr std::uint64_t kMaxHeaders = 64;
constexpr std::uint64_t kMaxCosts = 64;
constexpr std::uint64_t kMaxBody = 64ULL * 1024 * 1024;
constexpr std::size_t kIdleBuffers = 8;
constexpr std::size_t kKeptBytes = 8 * 1024 * 1024;  // a rare giant must not stay allocated for ever

// The answer whose sink is running on this thread: what the plugin observes there, it read from it.
struct Answering {
  const Account *account = nullptr;
  const Spending *spending = nullptr;
};
thread_local Answering t_answering;

[[noreturn]] void invalid(const char *what) {
  throw Error(TDK_INVALID_ARGUMENT, std::string("checking a plugin's call: ") + what);
}

std::string_view text_of(tdk_str s, const char *what) {
  if ((s.data == nullptr && s.size != 0) || s.size > kMaxText) invalid(what);
  return sv(s);
}

void read_headers(const tdk_http_request *rq, HeaderList &out) {
  const std::uint64_t n = TDK_HAS(rq, header_count) ? rq->header_count : 0;
  if (n > kMaxHeaders || (n > 0 && rq->headers == nullptr)) invalid("headers are NULL or more than 64");
  out.resize(n);
  for (std::uint64_t i = 0; i < n; ++i) {
    out[i].first = text_of(rq->headers[i].key, "a header name is NULL or over 16 KiB");
    out[i].second = text_of(rq->headers[i].value, "a header value is NULL or over 16 KiB");
  }
}

void read_costs(const tdk_http_request *rq, std::vector<tdk_cost> &out) {
  const std::uint64_t n = TDK_HAS(rq, cost_count) ? rq->cost_count : 0;
  if (n > kMaxCosts || (n > 0 && rq->costs == nullptr)) invalid("costs are NULL or more than 64");
  out.clear();
  if (n > 0) out.assign(rq->costs, rq->costs + n);
}

void read_request(const tdk_http_request *rq, HttpRequest &out) {
  if (!TDK_HAS(rq, url)) invalid("the request is NULL or its struct_size is too small");
  if ((rq->flags & ~TDK_HTTP_NO_RETRY) != 0) invalid("the request has flags this host does not know");
  out.flags = rq->flags;
  out.method = text_of(rq->method, "the method is NULL or over 16 KiB");
  out.url = text_of(rq->url, "the URL is NULL or over 16 KiB");
  read_headers(rq, out.headers);
  const tdk_bytes body = TDK_HAS(rq, body) ? rq->body : tdk_bytes{nullptr, 0};
  if ((body.data == nullptr && body.size != 0) || body.size > kMaxBody) invalid("the body is NULL or over 64 MiB");
  out.body = {reinterpret_cast<const char *>(body.data), body.data != nullptr ? body.size : 0};
  out.timeout_ns = TDK_HAS(rq, timeout_ns) ? rq->timeout_ns : 0;
  out.weight = TDK_HAS(rq, weight) ? rq->weight : 0;
  read_costs(rq, out.costs);
}

tdk_status deliver(const HttpAnswer &answer, std::vector<tdk_kv> &headers, const tdk_http_sink &sink) {
  headers.clear();
  for (const auto &[name, value] : answer.headers) headers.push_back({str(name), str(value)});
  tdk_http_response response{};
  response.struct_size = sizeof response;
  response.status = answer.status;
  response.headers = headers.data();
  response.header_count = headers.size();
  response.body = {reinterpret_cast<const std::uint8_t *>(answer.body.data()), answer.body.size()};
  const tdk_status status = sink.on_response(sink.ctx, &response);
  return status >= TDK_OK && status <= TDK_INCOMPATIBLE ? status : TDK_INTERNAL;
}

struct Loan {  // buffers go back whatever happens
  NetContext &context;
  std::unique_ptr<NetContext::Buffers> buffers = context.lend();
  ~Loan() { context.give_back(std::move(buffers)); }
};

}  // namespace

NetContext::NetContext(HttpClient &c, Account &a, std::function<Priority()> p, std::vector<std::string> s)
    : client(c), account(a), priority(std::move(p)), secrets(std::move(s)) {
  idle_.reserve(kIdleBuffers);
}

std::unique_ptr<NetContext::Buffers> NetContext::lend() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto out = std::move(idle_.back());
      idle_.pop_back();
      return out;
    }
  }
  auto out = std::make_unique<Buffers>();
  out->request.secrets = secrets;
  return out;
}

void NetContext::give_back(std::unique_ptr<Buffers> buffers) noexcept {
  buffers->request.body = {};  // the plugin's memory
  buffers->answer.spending = Spending();
  for (std::string *text : {&buffers->answer.body, &buffers->answer.packed})
    if (text->capacity() > kKeptBytes) std::string().swap(*text);
  const std::lock_guard lock(mutex_);
  if (idle_.size() < kIdleBuffers) idle_.push_back(std::move(buffers));
}

tdk_status serve_http(NetContext &context, const tdk_http_request *rq, const tdk_http_sink *sink,
                      const tdk_cancel *cancel, tdk_error *err) noexcept {
  return detail::guard(err, [&] {
    if (!TDK_CAN(sink, on_response)) invalid("the sink is NULL or has no on_response");
    if (cancel != nullptr && !TDK_CAN(cancel, check)) invalid("the cancel token has no check");
    const Loan loan{context};
    auto &[request, answer, headers] = *loan.buffers;
    read_request(rq, request);
    request.priority = context.priority ? context.priority() : Priority::Backfill;
    context.client.request(request, &context.account, cancel, answer);
    struct Nested {  // a sink may make a request of its own
      Answering before;
      ~Nested() { t_answering = before; }
    } nested{std::exchange(t_answering, {&context.account, &answer.spending})};
    return deliver(answer, headers, *sink);
  });
}

tdk_status serve_budget_define(NetContext &context, const tdk_budget *budget, uint64_t *handle,
                               tdk_error *err) noexcept {
  return detail::guard(err, [&] {
    if (!TDK_HAS(budget, window_ns) || handle == nullptr) invalid("the budget or the handle is NULL or too small");
    if (budget->kind > TDK_BUDGET_FIXED) invalid("this kind of budget is unknown");
    const std::string_view name = text_of(budget->name, "the budget's name is NULL or over 16 KiB");
    if (name.size() > 64) invalid("the budget's name is over 64 bytes");
    const auto kind = budget->kind == TDK_BUDGET_FIXED ? WindowKind::Fixed : WindowKind::Sliding;
    *handle = context.account.define(printable(name), kind, budget->capacity, budget->window_ns);
    return TDK_OK;
  });
}

tdk_status serve_budget_observe(NetContext &context, uint64_t handle, uint64_t used) noexcept {
  return detail::guard(nullptr, [&] {
    const bool known = t_answering.account == &context.account;
    context.account.observe(handle, used, known ? t_answering.spending : nullptr);
    return TDK_OK;
  });
}

tdk_status serve_budget_hold(NetContext &context, int64_t wait_ns, tdk_str reason) noexcept {
  return detail::guard(nullptr, [&] {
    if (wait_ns < 0) invalid("a hold cannot be negative");
    const std::string_view text = text_of(reason, "the reason is NULL or over 16 KiB");
    context.account.hold(wait_ns, blank_secrets(std::string(text), context.secrets));
    return TDK_OK;
  });
}

}  // namespace tapedeck
