// A plugin loaded the way a host loads it, with a host that is only as real as a test needs.
#pragma once

#include <tapedeck/plugin.hpp>

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace tapedeck::conformance {

using Options = std::vector<std::pair<std::string, std::string>>;

// Threads: any. The clock stands still until a test moves it.
class FakeHost {
 public:
  FakeHost();
  FakeHost(const FakeHost &) = delete;
  FakeHost &operator=(const FakeHost &) = delete;
  const tdk_host *raw() const { return &host_; }
  void set_now(std::int64_t ns) { now_ = ns; }
  double metric(const std::string &name) const;  // the sum of what was recorded
  std::vector<std::string> said() const;         // what was logged so far

 private:
  static FakeHost &self(const tdk_host *h) { return *static_cast<FakeHost *>(h->ctx); }
  static const tdk_host_metrics *metrics();
  std::uint64_t handle_of(const char *name);

  tdk_host host_{};
  std::atomic<std::int64_t> now_{1'700'000'000'000'000'000};
  mutable std::mutex mutex_;
  std::vector<std::string> names_;
  std::map<std::uint64_t, double> sums_;
  std::vector<std::string> said_;
};

// What create() refused.
struct Refused {
  tdk_status status;
  std::string message;
};

// One instance. The shared object stays loaded for good: sanitizers and plugins want it so.
class Instance {
 public:
  // Throws Refused.
  Instance(const std::string &plugin_file, const std::string &id, const Options &options,
           const FakeHost &host);
  Instance(const Instance &) = delete;
  Instance &operator=(const Instance &) = delete;
  ~Instance();
  void *self() const { return plugin_.self; }
  tdk_status health() const;
  template <class Table>
  const Table *interface(const char *iid) const {
    return static_cast<const Table *>(plugin_.get_interface(plugin_.self, iid));
  }

 private:
  tdk_plugin plugin_{};
};

// The module of a plugin file; aborts the test program when it cannot be loaded.
const tdk_module &load_module(const std::string &plugin_file);

}  // namespace tapedeck::conformance
