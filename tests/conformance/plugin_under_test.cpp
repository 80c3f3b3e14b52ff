#include "plugin_under_test.hpp"

#include <dlfcn.h>
#include <poll.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace tapedeck::conformance {

FakeHost::FakeHost() {
  host_.struct_size = sizeof host_;
  host_.abi_version = TDK_ABI_VERSION;
  host_.ctx = this;
  host_.name = "conformance";
  host_.version = "1";
  host_.get_interface = [](const tdk_host *, const char *iid) -> const void * {
    return std::string_view(iid) == TDK_IID_HOST_METRICS ? metrics() : nullptr;
  };
  host_.log_enabled = [](const tdk_host *, std::int32_t) -> std::int32_t { return 0; };
  host_.log = [](const tdk_host *h, std::int32_t, const char *text, std::uint64_t size,
                 const tdk_kv *, std::uint64_t) {
    std::lock_guard lock(self(h).mutex_);
    self(h).said_.emplace_back(text, size);
  };
  host_.now_ns = [](const tdk_host *h) -> std::int64_t { return self(h).now_; };
  host_.monotonic_ns = [](const tdk_host *) -> std::int64_t {
    return std::chrono::steady_clock::now().time_since_epoch().count();
  };
  host_.sleep_ns = [](const tdk_host *, std::int64_t ns, const tdk_cancel *) -> tdk_status {
    poll(nullptr, 0, static_cast<int>(ns / 1'000'000));
    return TDK_OK;
  };
}

const tdk_host_metrics *FakeHost::metrics() {
  static constexpr auto make = [](const tdk_host *h, const char *name, const tdk_kv *,
                                  std::uint64_t) { return self(h).handle_of(name); };
  static const tdk_host_metrics table = {
      sizeof table, 0, make, make, make, [](const tdk_host *h, std::uint64_t handle, double value) {
        std::lock_guard lock(self(h).mutex_);
        self(h).sums_[handle] += value;
      }};
  return &table;
}

std::uint64_t FakeHost::handle_of(const char *name) {
  std::lock_guard lock(mutex_);
  names_.emplace_back(name);
  return names_.size();
}

double FakeHost::metric(const std::string &name) const {
  std::lock_guard lock(mutex_);
  double sum = 0;
  for (const auto &[handle, value] : sums_)
    if (names_[handle - 1] == name) sum += value;
  return sum;
}

std::vector<std::string> FakeHost::said() const {
  std::lock_guard lock(mutex_);
  return said_;
}

const tdk_module &load_module(const std::string &plugin_file) {
  void *library = dlopen(plugin_file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  auto entry = library ? reinterpret_cast<tdk_entry_fn>(dlsym(library, TDK_ENTRY_NAME)) : nullptr;
  if (!entry) {
    std::fprintf(stderr, "loading the plugin under test: %s\n", dlerror());
    std::abort();
  }
  return *entry(TDK_ABI_VERSION);
}

Instance::Instance(const std::string &plugin_file, const std::string &id, const Options &options,
                   const FakeHost &host) {
  std::vector<tdk_kv> kv;
  for (const auto &[key, value] : options) kv.push_back({str(key), str(value)});
  plugin_.struct_size = sizeof plugin_;
  tdk_error error = detail::fresh();
  tdk_status status = load_module(plugin_file)
                          .create(host.raw(), id.c_str(), kv.data(), kv.size(), &plugin_, &error);
  if (status != TDK_OK) throw Refused{status, error.message};
}

Instance::~Instance() { plugin_.destroy(plugin_.self); }

tdk_status Instance::health() const {
  tdk_error error = detail::fresh();
  return plugin_.health ? plugin_.health(plugin_.self, &error) : TDK_OK;
}

}  // namespace tapedeck::conformance
