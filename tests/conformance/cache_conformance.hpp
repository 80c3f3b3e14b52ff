// What every cache has to pass: the cases CAC-001 and on.
//
// A test program links cache_conformance, says how to make an empty cache, and instantiates:
//   INSTANTIATE_TEST_SUITE_P(Redis, CacheConformance, testing::Values(CacheBackend{"redis", &make}));
#pragma once

#include "plugin_under_test.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

namespace tapedeck::conformance {

struct CachedValue {
  std::string bytes;
  std::int64_t ttl_left_ns = 0;
};

// A cache, empty when this object is made. Failures: tapedeck::Error.
class CacheUnderTest {
 public:
  virtual ~CacheUnderTest() = default;
  virtual std::optional<CachedValue> get(const std::string &key) = 0;
  virtual void set(const std::string &key, const std::string &bytes, std::int64_t ttl_ns) = 0;
  virtual void remove(const std::string &key) = 0;
  virtual std::uint64_t clear(const std::string &prefix) = 0;
  // Lets some time pass, a millisecond or more: in truth, or by a clock of its own.
  virtual void let_time_pass() = 0;
};

// A plugin's, through the C table.
class CacheClient {
 public:
  CacheClient(const std::string &plugin_file, const std::string &id, const Options &options, const FakeHost &host);
  std::optional<CachedValue> get(const std::string &key);
  void set(const std::string &key, const std::string &bytes, std::int64_t ttl_ns);
  void remove(const std::string &key);
  std::uint64_t clear(const std::string &prefix);
  const Instance &instance() const { return instance_; }

 private:
  Instance instance_;
  const tdk_cache &table_;
};

struct CacheBackend {
  std::string name;
  std::function<std::unique_ptr<CacheUnderTest>()> make;
};
inline void PrintTo(const CacheBackend &b, std::ostream *out) { *out << b.name; }

class CacheConformance : public testing::TestWithParam<CacheBackend> {
 protected:
  CacheConformance() : cache_(GetParam().make()) {}
  std::string get(const std::string &key) {
    const auto value = cache_->get(key);
    return value ? value->bytes : "(none)";
  }
  const std::unique_ptr<CacheUnderTest> cache_;
};

}  // namespace tapedeck::conformance
