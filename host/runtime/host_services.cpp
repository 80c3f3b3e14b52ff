#include "runtime/host_services.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/text.hpp"
#include "net/stream_services.hpp"
#include "observe/log.hpp"

namespace tapedeck {
namespace {

constexpr std::uint64_t kMaxMessage = 4096;
constexpr std::uint64_t kMaxFields = 32;

// The tables of one instance. Every function may be called on any thread at any time.
struct Services {
  HostServicesSettings settings;
  std::optional<NetContext> net;  // of providers
  tdk_host host{};
  tdk_host_http http{};
  tdk_host_budget budget{};
  tdk_host_websocket websocket{};
  tdk_host_lines lines{};
  tdk_host_metrics metrics{};

  explicit Services(HostServicesSettings s);
  static Services &of(const tdk_host *h) { return *static_cast<Services *>(h->ctx); }
  void fill_host();
  void fill_net();
  void fill_streams();
  void fill_metrics();
};

LogLevel level_of(std::int32_t level) {
  return static_cast<LogLevel>(std::clamp<std::int32_t>(level, TDK_LOG_TRACE, TDK_LOG_ERROR));
}

std::string_view bounded(tdk_str s) { return sv({s.data, std::min(s.size, kMaxMessage)}); }

void log_for(const tdk_host *h, std::int32_t level, const char *msg, std::uint64_t size, const tdk_kv *fields,
             std::uint64_t count) {
  LogFields list;
  for (std::uint64_t i = 0; fields != nullptr && i < std::min(count, kMaxFields); ++i)
    list.emplace_back(bounded(fields[i].key), bounded(fields[i].value));
  log(level_of(level), Services::of(h).settings.plugin, bounded({msg, size}), list);
}

const void *interface_for(const tdk_host *h, const char *iid) {
  Services &s = Services::of(h);
  if (iid == nullptr) return nullptr;
  if (s.net && std::strcmp(iid, TDK_IID_HOST_HTTP) == 0) return &s.http;
  if (s.net && std::strcmp(iid, TDK_IID_HOST_BUDGET) == 0) return &s.budget;
  if (s.net && std::strcmp(iid, TDK_IID_HOST_WEBSOCKET) == 0) return &s.websocket;
  if (s.net && std::strcmp(iid, TDK_IID_HOST_LINES) == 0) return &s.lines;
  if (s.settings.metrics != nullptr && std::strcmp(iid, TDK_IID_HOST_METRICS) == 0) return &s.metrics;
  return nullptr;
}

using MakeMetric = Metrics::Handle (Metrics::*)(const std::string &, const std::string &, const Metrics::Labels &);

template <MakeMetric Make>
std::uint64_t metric_for(const tdk_host *h, const char *name, const tdk_kv *labels, std::uint64_t n) {
  try {
    Services &s = Services::of(h);
    Metrics::Labels all{{"plugin", s.settings.plugin}};
    for (std::uint64_t i = 0; labels != nullptr && i < std::min(n, kMaxFields); ++i)
      all.emplace(bounded(labels[i].key), bounded(labels[i].value));
    return name == nullptr ? 0 : (s.settings.metrics->*Make)(name, "Recorded by plugins.", all);
  } catch (const std::exception &) {
    return 0;  // no exception crosses the ABI
  }
}

Services::Services(HostServicesSettings s) : settings(std::move(s)) {
  fill_host();
  fill_net();
  fill_streams();
  fill_metrics();
}

void Services::fill_host() {
  host.struct_size = sizeof host;
  host.abi_version = TDK_ABI_VERSION;
  host.ctx = this;
  host.name = "tapedeck";
  host.version = TAPEDECK_VERSION;
  host.get_interface = &interface_for;
  host.log_enabled = [](const tdk_host *, std::int32_t level) -> std::int32_t { return log_enabled(level_of(level)); };
  host.log = [](const tdk_host *h, std::int32_t level, const char *msg, std::uint64_t size, const tdk_kv *fields,
                std::uint64_t count) {
    detail::guard(nullptr, [&] {
      log_for(h, level, msg, size, fields, count);
      return TDK_OK;
    });
  };
  host.now_ns = [](const tdk_host *h) -> std::int64_t { return of(h).settings.clock->now_ns(); };
  host.monotonic_ns = [](const tdk_host *h) -> std::int64_t { return of(h).settings.clock->monotonic_ns(); };
  host.sleep_ns = [](const tdk_host *h, std::int64_t ns, const tdk_cancel *cancel) -> tdk_status {
    return of(h).settings.clock->sleep_ns(ns, cancel);
  };
}

void Services::fill_net() {
  if (settings.http == nullptr || settings.account == nullptr) return;
  net.emplace(*settings.http, *settings.account, [p = settings.priority] { return p; }, settings.secrets);
  http.struct_size = sizeof http;
  http.request = [](const tdk_host *h, const tdk_http_request *rq, const tdk_http_sink *sink,
                    const tdk_cancel *cancel, tdk_error *err) -> tdk_status {
    return serve_http(*of(h).net, rq, sink, cancel, err);
  };
  budget.struct_size = sizeof budget;
  budget.define = [](const tdk_host *h, const tdk_budget *b, std::uint64_t *handle, tdk_error *err) -> tdk_status {
    return serve_budget_define(*of(h).net, b, handle, err);
  };
  budget.observe = [](const tdk_host *h, std::uint64_t handle, std::uint64_t used) -> tdk_status {
    return serve_budget_observe(*of(h).net, handle, used);
  };
  budget.hold = [](const tdk_host *h, std::int64_t wait_ns, tdk_str reason) -> tdk_status {
    return serve_budget_hold(*of(h).net, wait_ns, reason);
  };
}

void Services::fill_streams() {
  if (!net) return;
  if (settings.metrics != nullptr) {
    const Metrics::Labels labels{{"plugin", settings.plugin}};
    const auto messages = settings.metrics->counter("tapedeck_stream_messages_total",
                                                    "Messages and lines received by streams.", labels);
    const auto bytes = settings.metrics->counter("tapedeck_stream_bytes_total",
                                                 "Bytes of the messages and lines received by streams.", labels);
    net->on_traffic = [m = settings.metrics, messages, bytes](const StreamTraffic &t) {
      m->record(messages, static_cast<double>(t.messages));
      m->record(bytes, static_cast<double>(t.bytes));
    };
  }
  websocket.struct_size = sizeof websocket;
  websocket.open = [](const tdk_host *h, const tdk_http_request *rq, const tdk_cancel *cancel, tdk_ws **out,
                      tdk_error *err) -> tdk_status { return serve_ws_open(*of(h).net, rq, cancel, out, err); };
  websocket.send = &serve_ws_send;
  websocket.receive = &serve_ws_receive;
  websocket.close = &serve_ws_close;
  lines.struct_size = sizeof lines;
  lines.open = [](const tdk_host *h, const tdk_http_request *rq, const tdk_cancel *cancel, std::int32_t *status,
                  tdk_lines **out, tdk_error *err) -> tdk_status {
    return serve_lines_open(*of(h).net, rq, cancel, status, out, err);
  };
  lines.receive = &serve_lines_receive;
  lines.close = &serve_lines_close;
}

void Services::fill_metrics() {
  metrics.struct_size = sizeof metrics;
  metrics.counter = &metric_for<&Metrics::counter>;
  metrics.gauge = &metric_for<&Metrics::gauge>;
  metrics.histogram = &metric_for<&Metrics::histogram>;
  metrics.record = [](const tdk_host *h, std::uint64_t handle, double value) {
    of(h).settings.metrics->record(handle, value);
  };
}

}  // namespace

void close_streams(const tdk_host &host) {
  if (const Services &services = Services::of(&host); services.net) close_streams(*services.net);
}

std::shared_ptr<const tdk_host> make_host_services(HostServicesSettings settings) {
  const auto services = std::make_shared<Services>(std::move(settings));
  return {services, &services->host};
}

}  // namespace tapedeck
