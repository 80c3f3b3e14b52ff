#include "observe/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <deque>
#include <mutex>
#include <stdexcept>
#include <tuple>
#include <variant>

namespace tapedeck {
namespace {

constexpr std::size_t kSeriesMax = 10'000;

// Seconds, from a page in the cache to a vendor in trouble.
const prometheus::Histogram::BucketBoundaries &buckets() {
  static const prometheus::Histogram::BucketBoundaries b = {0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05,
                                                            0.1,    0.5,    1,     5,     10,   60};
  return b;
}

using Metric = std::variant<prometheus::Counter *, prometheus::Gauge *, prometheus::Histogram *>;

}  // namespace

struct Metrics::Impl {
  prometheus::Registry registry;
  std::mutex mutex;
  std::map<std::tuple<int, std::string, Labels>, Handle> handles;
  std::deque<Metric> metrics;  // a deque: recording reads while another thread adds at the end

  template <class Make>
  Handle find_or_make(int kind, const std::string &name, const Labels &labels, Make make) {
    std::lock_guard lock(mutex);
    const auto key = std::make_tuple(kind, name, labels);
    if (const auto it = handles.find(key); it != handles.end()) return it->second;
    if (metrics.size() >= kSeriesMax) return 0;
    try {
      metrics.push_back(make());
    } catch (const std::exception &) {
      return 0;  // a name or label that Prometheus does not allow, or a name of another kind
    }
    return handles[key] = metrics.size();
  }
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

Metrics::Handle Metrics::counter(const std::string &name, const std::string &help, const Labels &labels) {
  return impl_->find_or_make(0, name, labels, [&] {
    return &prometheus::BuildCounter().Name(name).Help(help).Register(impl_->registry).Add(labels);
  });
}

Metrics::Handle Metrics::gauge(const std::string &name, const std::string &help, const Labels &labels) {
  return impl_->find_or_make(1, name, labels, [&] {
    return &prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry).Add(labels);
  });
}

Metrics::Handle Metrics::histogram(const std::string &name, const std::string &help, const Labels &labels) {
  return impl_->find_or_make(2, name, labels, [&] {
    return &prometheus::BuildHistogram().Name(name).Help(help).Register(impl_->registry).Add(labels, buckets());
  });
}

void Metrics::record(Handle handle, double value) noexcept {
  if (handle == 0) return;
  Metric metric;
  {
    std::lock_guard lock(impl_->mutex);
    if (handle > impl_->metrics.size()) return;
    metric = impl_->metrics[handle - 1];
  }
  if (auto *c = std::get_if<prometheus::Counter *>(&metric)) {
    if (value > 0) (*c)->Increment(value);
  } else if (auto *g = std::get_if<prometheus::Gauge *>(&metric)) {
    (*g)->Set(value);
  } else if (auto *h = std::get_if<prometheus::Histogram *>(&metric)) {
    (*h)->Observe(value);
  }
}

std::string Metrics::text() const {
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace tapedeck
