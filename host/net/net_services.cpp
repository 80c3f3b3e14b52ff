#include "net/net_services.hpp"

#include <tapedeck/layer/core.hpp>

#include <utility>

#include "base/text.hpp"
#include "net/plugin_request.hpp"
#include "net/redact.hpp"
#include "net/stream_services.hpp"

// TDK_HAS is C, with C's casts.
#pragma GCC diagnostic ignored "-Wold-style-cast"

namespace tapedeck {
namespace {

constexpr std::size_t kIdleBuffers = 8;
constexpr std::size_t kKeptBytes = 8 * 1024 * 1024;  // a rare giant must not stay allocated for ever

// The answer whose sink is running on this thread: what the plugin observes there, it read from it.
struct Answering {
  const Account *account = nullptr;
  const Spending *spending = nullptr;
};
thread_local Answering t_answering;

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

NetContext::~NetContext() { close_streams(*this); }

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
    if (!TDK_CAN(sink, on_response)) refuse_call("the sink is NULL or has no on_response");
    check_cancel(cancel);
    const Loan loan{context};
    auto &[request, answer, headers] = *loan.buffers;
    read_plugin_request(rq, request);
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
    if (!TDK_HAS(budget, window_ns) || handle == nullptr) refuse_call("the budget or the handle is NULL or too small");
    if (budget->kind > TDK_BUDGET_FIXED) refuse_call("this kind of budget is unknown");
    const std::string_view name = plugin_text(budget->name, "the budget's name is NULL or over 16 KiB");
    if (name.size() > 64) refuse_call("the budget's name is over 64 bytes");
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
    if (wait_ns < 0) refuse_call("a hold cannot be negative");
    const std::string_view text = plugin_text(reason, "the reason is NULL or over 16 KiB");
    context.account.hold(wait_ns, blank_secrets(std::string(text), context.secrets));
    return TDK_OK;
  });
}

}  // namespace tapedeck
