#include "cache_conformance.hpp"

#include <tapedeck/layer/core.hpp>

namespace tapedeck::conformance {
namespace {

const tdk_cache &table_of(const Instance &instance) {
  const auto *table = instance.interface<tdk_cache>(TDK_IID_CACHE);
  if (table == nullptr) throw Error(TDK_NOT_SUPPORTED, "the plugin under test is no cache");
  return *table;
}

}  // namespace

CacheClient::CacheClient(const std::string &plugin_file, const std::string &id, const Options &options,
                         const FakeHost &host)
    : instance_(plugin_file, id, options, host), table_(table_of(instance_)) {}

std::optional<CachedValue> CacheClient::get(const std::string &key) {
  std::optional<CachedValue> out;
  const tdk_bytes_sink sink{sizeof sink, 0, &out, [](void *p, tdk_bytes value, std::int64_t ttl) -> tdk_status {
                              *static_cast<std::optional<CachedValue> *>(p) =
                                  CachedValue{{reinterpret_cast<const char *>(value.data), value.size}, ttl};
                              return TDK_OK;
                            }};
  tdk_error error = detail::fresh();
  const tdk_status status = table_.get(instance_.self(), str(key), &sink, nullptr, &error);
  if (status != TDK_NOT_FOUND) detail::raise_unless_ok(status, &error);
  EXPECT_EQ(status == TDK_OK, out.has_value());
  return out;
}

void CacheClient::set(const std::string &key, const std::string &bytes, std::int64_t ttl_ns) {
  tdk_error error = detail::fresh();
  const tdk_bytes value{reinterpret_cast<const std::uint8_t *>(bytes.data()), bytes.size()};
  detail::raise_unless_ok(table_.set(instance_.self(), str(key), value, ttl_ns, nullptr, &error), &error);
}

void CacheClient::remove(const std::string &key) {
  tdk_error error = detail::fresh();
  detail::raise_unless_ok(table_.remove(instance_.self(), str(key), nullptr, &error), &error);
}

std::uint64_t CacheClient::clear(const std::string &prefix) {
  std::uint64_t removed = 0;
  tdk_error error = detail::fresh();
  detail::raise_unless_ok(table_.clear(instance_.self(), str(prefix), &removed, nullptr, &error), &error);
  return removed;
}

}  // namespace tapedeck::conformance
