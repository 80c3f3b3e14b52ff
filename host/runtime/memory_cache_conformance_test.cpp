// The cache in memory under the suite that every cache has to pass.
#include "cache_conformance.hpp"
#include "runtime/memory_cache.hpp"

namespace tapedeck::conformance {
namespace {

class InMemory final : public CacheUnderTest {
 public:
  std::optional<CachedValue> get(const std::string &key) override {
    const auto hit = cache_.get(key);
    return hit ? std::optional(CachedValue{hit->bytes, hit->ttl_left}) : std::nullopt;
  }
  void set(const std::string &key, const std::string &bytes, std::int64_t ttl) override { cache_.set(key, bytes, ttl); }
  void remove(const std::string &key) override { cache_.remove(key); }
  std::uint64_t clear(const std::string &prefix) override { return cache_.clear(prefix); }
  void let_time_pass() override { clock_.advance(1'000'000); }

 private:
  ManualClock clock_{0};
  MemoryCache cache_{64 << 20, clock_};
};

INSTANTIATE_TEST_SUITE_P(Memory, CacheConformance,
                         testing::Values(CacheBackend{"memory", [] { return std::make_unique<InMemory>(); }}),
                         [](const auto &backend) { return backend.param.name; });

}  // namespace
}  // namespace tapedeck::conformance
