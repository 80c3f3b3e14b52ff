#include "plugins/probe_host.hpp"

#include <string_view>

#include "base/cancel.hpp"
#include "base/clock.hpp"

namespace tapedeck {
namespace {

tdk_status answer_503(const tdk_host *, const tdk_http_request *, const tdk_http_sink *sink,
                      const tdk_cancel *cancel, tdk_error *) {
  if (const tdk_status s = status_of(cancel); s != TDK_OK) return s;
  tdk_http_response response{};
  response.struct_size = sizeof response;
  response.status = 503;
  return sink->on_response(sink->ctx, &response);
}

const void *service(const tdk_host *, const char *iid) {
  static const tdk_host_http http{sizeof http, 0, &answer_503};
  return std::string_view(iid) == TDK_IID_HOST_HTTP ? &http : nullptr;
}

tdk_host make_host() {
  tdk_host host{};
  host.struct_size = sizeof host;
  host.abi_version = TDK_ABI_VERSION;
  host.name = "tapedeck-probe";
  host.version = TAPEDECK_VERSION;
  host.get_interface = &service;
  host.log_enabled = [](const tdk_host *, std::int32_t) -> std::int32_t { return 0; };
  host.log = [](const tdk_host *, std::int32_t, const char *, std::uint64_t, const tdk_kv *,
                std::uint64_t) {};
  host.now_ns = [](const tdk_host *) { return system_clock().now_ns(); };
  host.monotonic_ns = [](const tdk_host *) { return system_clock().monotonic_ns(); };
  host.sleep_ns = [](const tdk_host *, std::int64_t ns, const tdk_cancel *cancel) {
    return system_clock().sleep_ns(ns, cancel);
  };
  return host;
}

}  // namespace

const tdk_host &probe_host() {
  static const tdk_host host = make_host();
  return host;
}

}  // namespace tapedeck
