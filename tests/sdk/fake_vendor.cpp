#include "fake_vendor.hpp"

#include <charconv>
#include <string>
#include <tapedeck/layer/core.hpp>

#include "base/cancel.hpp"
#include "base/clock.hpp"

namespace tapedeck::test {
namespace {

std::int64_t number_after(std::string_view url, std::string_view key) {
  std::int64_t value = 0;
  const auto at = url.find(key);
  if (at != std::string_view::npos)
    std::from_chars(url.data() + at + key.size(), url.data() + url.size(), value);
  return value;
}

tdk_status request(const tdk_host *, const tdk_http_request *rq, const tdk_http_sink *sink,
                   const tdk_cancel *cancel, tdk_error *) {
  if (const tdk_status s = status_of(cancel); s != TDK_OK) return s;
  const auto url = sv(rq->url);
  std::string body;
  for (auto t = number_after(url, "from="); t < number_after(url, "&to="); t += 60'000)
    body += std::to_string(t) + ",100.10,100.30,99.90,100.20,12.5\n";
  tdk_http_response response{};
  response.struct_size = sizeof response;
  response.status = 200;
  response.body = {reinterpret_cast<const std::uint8_t *>(body.data()), body.size()};
  return sink->on_response(sink->ctx, &response);
}

const void *service(const tdk_host *, const char *iid) {
  static const tdk_host_http http{sizeof http, 0, &request};
  return std::string_view(iid) == TDK_IID_HOST_HTTP ? &http : nullptr;
}

}  // namespace

std::shared_ptr<const tdk_host> make_fake_vendor() {
  auto host = std::make_shared<tdk_host>();
  host->struct_size = sizeof *host;
  host->abi_version = TDK_ABI_VERSION;
  host->name = "fake-vendor";
  host->version = "0";
  host->get_interface = &service;
  host->now_ns = [](const tdk_host *) { return system_clock().now_ns(); };
  host->monotonic_ns = [](const tdk_host *) { return system_clock().monotonic_ns(); };
  host->sleep_ns = [](const tdk_host *, std::int64_t ns, const tdk_cancel *cancel) {
    return system_clock().sleep_ns(ns, cancel);
  };
  return host;
}

}  // namespace tapedeck::test
