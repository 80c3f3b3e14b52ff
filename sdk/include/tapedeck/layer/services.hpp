// What a plugin gets from its host: cancellation, log, clocks, sleep, metrics, HTTP, budgets, options.
#pragma once

#include <tapedeck/layer/core.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tapedeck {
inline namespace v1 {

// Threads: any. Poll it at least every 100 ms of waiting.
class Cancel {
 public:
  explicit Cancel(const tdk_cancel *c) : c_(c) {}
  tdk_status status() const noexcept { return TDK_CAN(c_, check) ? c_->check(c_) : TDK_OK; }
  bool requested() const noexcept { return status() != TDK_OK; }
  void check() const { detail::raise_unless_ok(status()); }  // throws TDK_CANCELLED, TDK_TIMEOUT
  const tdk_cancel *raw() const noexcept { return c_; }

 private:
  const tdk_cancel *c_;
};

struct HttpResponse {
  int status = 0;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

// The status a provider reports for an HTTP status it has no better reading of.
inline tdk_status status_of_http(int http) noexcept {
  return http >= 200 && http < 300   ? TDK_OK
         : http == 401               ? TDK_UNAUTHENTICATED
         : http == 403               ? TDK_PERMISSION_DENIED
         : http == 404               ? TDK_NOT_FOUND
         : http == 429 || http == 418 ? TDK_RATE_LIMITED
         : http >= 500               ? TDK_UNAVAILABLE
                                     : TDK_BAD_DATA;
}

// A case-insensitive header of a response, empty when absent.
inline std::string_view header(const tdk_http_response &r, std::string_view name) noexcept {
  auto same = [](std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
      if ((a[i] | 0x20) != (b[i] | 0x20)) return false;
    return true;
  };
  for (std::uint64_t i = 0; i < r.header_count; ++i)
    if (same(sv(r.headers[i].key), name)) return sv(r.headers[i].value);
  return {};
}

// Threads: any.
class Host {
 public:
  explicit Host(const tdk_host *h) : h_(h) {}
  void log(int level, std::string_view msg) const {
    if (TDK_CAN(h_, log)) h_->log(h_, level, msg.data(), msg.size(), nullptr, 0);
  }
  std::int64_t now() const { return TDK_CAN(h_, now_ns) ? h_->now_ns(h_) : 0; }
  std::int64_t monotonic() const {
    return TDK_CAN(h_, monotonic_ns) ? h_->monotonic_ns(h_) : 0;
  }
  void sleep(std::int64_t ns, const Cancel &c) const {
    if (TDK_CAN(h_, sleep_ns)) detail::raise_unless_ok(h_->sleep_ns(h_, ns, c.raw()));
  }
  template <class T>
  const T *service(const char *iid) const {
    return TDK_CAN(h_, get_interface) ? static_cast<const T *>(h_->get_interface(h_, iid)) : nullptr;
  }

  // Hands the answer, whatever its status, to on_answer(const tdk_http_response &), which reads the
  // body in place; what it throws comes out here.
  template <class F>
  void http(const tdk_http_request &rq, const Cancel &c, F &&on_answer) const {
    auto *service_table = service<tdk_host_http>(TDK_IID_HOST_HTTP);
    if (!TDK_CAN(service_table, request))
      throw Error(TDK_NOT_SUPPORTED, "this host offers no " TDK_IID_HOST_HTTP);
    struct Ctx {
      std::remove_reference_t<F> *f;
      std::exception_ptr thrown;
    } ctx{&on_answer, nullptr};
    tdk_http_sink sink{sizeof sink, 0, &ctx, [](void *p, const tdk_http_response *r) -> tdk_status {
                         auto &x = *static_cast<Ctx *>(p);
                         try {
                           (*x.f)(*r);
                           return TDK_OK;
                         } catch (...) {
                           x.thrown = std::current_exception();
                           return TDK_STOP;
                         }
                       }};
    tdk_error e = detail::fresh();
    tdk_status s = service_table->request(h_, &rq, &sink, c.raw(), &e);
    if (ctx.thrown) std::rethrow_exception(ctx.thrown);
    detail::raise_unless_ok(s, &e);
  }

  // GET, with the usual mapping of HTTP errors to statuses.
  std::string get(std::string_view url, const Cancel &c, span<const tdk_kv> headers = {}) const {
    tdk_http_request rq{};
    rq.struct_size = sizeof rq;
    rq.method = str("GET");
    rq.url = str(url);
    rq.headers = headers.data();
    rq.header_count = headers.size();
    std::string body;
    http(rq, c, [&](const tdk_http_response &r) {
      if (tdk_status s = status_of_http(r.status); s != TDK_OK)
        throw Error(s, "HTTP " + std::to_string(r.status), 0, r.status);
      body.assign(reinterpret_cast<const char *>(r.body.data), static_cast<std::size_t>(r.body.size));
    });
    return body;
  }

  // 0 when the host keeps no budgets: then it costs nothing.
  std::uint64_t define_budget(std::string_view name, std::uint32_t kind, std::uint64_t capacity,
                              std::int64_t window_ns) const {
    auto *b = service<tdk_host_budget>(TDK_IID_HOST_BUDGET);
    if (!TDK_CAN(b, define)) return 0;
    tdk_budget spec{sizeof spec, kind, str(name), capacity, window_ns};
    std::uint64_t handle = 0;
    tdk_error e = detail::fresh();
    detail::raise_unless_ok(b->define(h_, &spec, &handle, &e), &e);
    return handle;
  }
  void observe_budget(std::uint64_t handle, std::uint64_t used) const {
    auto *b = service<tdk_host_budget>(TDK_IID_HOST_BUDGET);
    if (handle && TDK_CAN(b, observe)) b->observe(h_, handle, used);
  }
  void hold_account(std::int64_t wait_ns, std::string_view reason) const {
    auto *b = service<tdk_host_budget>(TDK_IID_HOST_BUDGET);
    if (TDK_CAN(b, hold)) b->hold(h_, wait_ns, str(reason));
  }
  const tdk_host *raw() const { return h_; }

 private:
  const tdk_host *h_;
};

enum class MetricKind { Counter, Gauge, Histogram };

// A metric by handle; silent where the host keeps none.
class Metric {
 public:
  Metric() = default;
  Metric(const Host &host, MetricKind kind, const char *name) : host_(host.raw()) {
    table_ = host.service<tdk_host_metrics>(TDK_IID_HOST_METRICS);
    if (!TDK_CAN(table_, record)) return;
    auto make = kind == MetricKind::Counter ? table_->counter
                : kind == MetricKind::Gauge ? table_->gauge
                                            : table_->histogram;
    handle_ = make(host_, name, nullptr, 0);
  }
  void record(double value) const {  // counter: add; gauge: set; histogram: observe
    if (handle_) table_->record(host_, handle_, value);
  }

 private:
  const tdk_host *host_ = nullptr;
  const tdk_host_metrics *table_ = nullptr;
  std::uint64_t handle_ = 0;
};

// The configured options: validated against the descriptor's table, defaults filled in, as text.
class Config {
 public:
  Config(const tdk_kv *kv, std::uint64_t n) : kv_(kv), n_(n) {}
  std::string_view get(std::string_view key, std::string_view otherwise = {}) const {
    for (std::uint64_t i = 0; i < n_; ++i)
      if (sv(kv_[i].key) == key) return sv(kv_[i].value);
    return otherwise;
  }

 private:
  const tdk_kv *kv_;
  std::uint64_t n_;
};

}  // namespace v1
}  // namespace tapedeck
