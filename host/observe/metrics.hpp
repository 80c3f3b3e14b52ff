// Counters, gauges and histograms, and their text for Prometheus.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace tapedeck {

// Threads: any. A handle is valid as long as the registry.
class Metrics {
 public:
  using Labels = std::map<std::string, std::string>;
  using Handle = std::uint64_t;  // 0: refused

  Metrics();
  ~Metrics();
  Metrics(const Metrics &) = delete;
  Metrics &operator=(const Metrics &) = delete;

  // The same name and labels give the same handle. Refused (0): a name that is no Prometheus name, one
  // that is taken by another kind, or more than 10,000 series.
  Handle counter(const std::string &name, const std::string &help, const Labels &labels);
  Handle gauge(const std::string &name, const std::string &help, const Labels &labels);
  Handle histogram(const std::string &name, const std::string &help, const Labels &labels);
  void record(Handle handle, double value) noexcept;  // counter: add; gauge: set; histogram: observe

  std::string text() const;  // exposition format 0.0.4

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tapedeck
