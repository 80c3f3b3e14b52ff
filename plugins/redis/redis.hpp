// Redis as the host sees it: a cache, and the place where hosts keep a vendor's limits together.
//
// Threads: any number of calls at a time. Failures: tapedeck::Error, TDK_UNAVAILABLE while Redis is away.
#pragma once

#include <optional>

#include "server.hpp"

namespace tapedeck::redis {

class Redis {
 public:
  static constexpr const char *kInterfaces[] = {TDK_IID_CACHE, TDK_IID_SHARED_BUDGET, nullptr};
  static constexpr tdk_descriptor descriptor = [] {
    tdk_descriptor d = describe("redis", "Redis", "0.1.0", kInterfaces, kOptions, TDK_PLUGIN_CONCURRENT);
    d.vendor = "Tapedeck";
    d.license = "Apache-2.0";
    d.description = "A cache in Redis, and vendors' budgets that several hosts share";
    return d;
  }();

  Redis(Host host, Config config) : server_(host, Settings(config)) {}

  std::optional<CacheValue> get(std::string_view key, const Cancel &cancel);
  void set(std::string_view key, std::string_view bytes, std::int64_t ttl_ns, const Cancel &cancel);
  void remove(std::string_view key, const Cancel &cancel);
  std::uint64_t clear(std::string_view prefix, const Cancel &cancel);
  void exchange(const tdk_shared_ask &ask, const tdk_shared_sink &sink, const Cancel &cancel);
  void health() { server_.demand({"PING"}, "checking"); }

 private:
  std::string key_of(std::string_view key) const;
  Server server_;
};

}  // namespace tapedeck::redis
