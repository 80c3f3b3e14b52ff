#include "net/plugin_request.hpp"

#include <tapedeck/layer/core.hpp>

// TDK_HAS is C, with C's casts.
#pragma GCC diagnostic ignored "-Wold-style-cast"

namespace tapedeck {
namespace {

constexpr std::uint64_t kMaxText = 16 * 1024;
constexpr std::uint64_t kMaxHeaders = 64;
constexpr std::uint64_t kMaxCosts = 64;
constexpr std::uint64_t kMaxBody = 64ULL * 1024 * 1024;

void read_headers(const tdk_http_request *rq, HeaderList &out) {
  const std::uint64_t n = TDK_HAS(rq, header_count) ? rq->header_count : 0;
  if (n > kMaxHeaders || (n > 0 && rq->headers == nullptr)) refuse_call("headers are NULL or more than 64");
  out.resize(n);
  for (std::uint64_t i = 0; i < n; ++i) {
    out[i].first = plugin_text(rq->headers[i].key, "a header name is NULL or over 16 KiB");
    out[i].second = plugin_text(rq->headers[i].value, "a header value is NULL or over 16 KiB");
  }
}

void read_costs(const tdk_http_request *rq, std::vector<tdk_cost> &out) {
  const std::uint64_t n = TDK_HAS(rq, cost_count) ? rq->cost_count : 0;
  if (n > kMaxCosts || (n > 0 && rq->costs == nullptr)) refuse_call("costs are NULL or more than 64");
  out.clear();
  if (n > 0) out.assign(rq->costs, rq->costs + n);
}

}  // namespace

void refuse_call(const char *what) {
  throw Error(TDK_INVALID_ARGUMENT, std::string("checking a plugin's call: ") + what);
}

std::string_view plugin_text(tdk_str s, const char *what) {
  if ((s.data == nullptr && s.size != 0) || s.size > kMaxText) refuse_call(what);
  return sv(s);
}

void check_cancel(const tdk_cancel *cancel) {
  if (cancel != nullptr && !TDK_CAN(cancel, check)) refuse_call("the cancel token has no check");
}

void read_plugin_request(const tdk_http_request *rq, HttpRequest &out) {
  if (!TDK_HAS(rq, url)) refuse_call("the request is NULL or its struct_size is too small");
  if ((rq->flags & ~TDK_HTTP_NO_RETRY) != 0) refuse_call("the request has flags this host does not know");
  out.flags = rq->flags;
  out.method = plugin_text(rq->method, "the method is NULL or over 16 KiB");
  out.url = plugin_text(rq->url, "the URL is NULL or over 16 KiB");
  read_headers(rq, out.headers);
  const tdk_bytes body = TDK_HAS(rq, body) ? rq->body : tdk_bytes{nullptr, 0};
  if ((body.data == nullptr && body.size != 0) || body.size > kMaxBody) refuse_call("the body is NULL or over 64 MiB");
  out.body = {reinterpret_cast<const char *>(body.data), body.data != nullptr ? body.size : 0};
  out.timeout_ns = TDK_HAS(rq, timeout_ns) ? rq->timeout_ns : 0;
  out.weight = TDK_HAS(rq, weight) ? rq->weight : 0;
  read_costs(rq, out.costs);
}

}  // namespace tapedeck
