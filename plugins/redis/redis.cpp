#include "redis.hpp"

#include "keys.hpp"

namespace tapedeck::redis {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr const char *kBatch = "500";  // keys that one step of a clearing looks at, about

}  // namespace

std::string Redis::key_of(std::string_view key) const {
  if (key.empty()) throw Error(TDK_INVALID_ARGUMENT, "a key of the cache is empty");
  return cache_key(server_.settings().prefix, key);
}

// The time first: when the value is replaced between the two, it is taken for older than it is, never for newer.
std::optional<CacheValue> Redis::get(std::string_view key, const Cancel &cancel) {
  cancel.check();
  const std::string name = key_of(key);
  auto replies = server_.ask({{"PTTL", name}, {"GET", name}});
  for (const Reply &reply : replies) server_.check(reply, "reading from the cache");
  const std::int64_t left_ms = replies[0].integer;
  if (left_ms <= 0 || replies[1].kind != Reply::Kind::Text) return std::nullopt;
  return CacheValue{std::move(replies[1].text), left_ms > INT64_MAX / kMillisecond ? INT64_MAX : left_ms * kMillisecond};
}

void Redis::set(std::string_view key, std::string_view bytes, std::int64_t ttl_ns, const Cancel &cancel) {
  const std::int64_t ms = ttl_ns / kMillisecond;
  if (ms <= 0 || bytes.size() > server_.settings().max_value) return remove(key, cancel);
  cancel.check();
  server_.demand({"SET", key_of(key), std::string(bytes), "PX", std::to_string(ms)}, "writing to the cache");
}

void Redis::remove(std::string_view key, const Cancel &cancel) {
  cancel.check();
  server_.demand({"DEL", key_of(key)}, "removing from the cache");
}

std::uint64_t Redis::clear(std::string_view prefix, const Cancel &cancel) {
  const std::string pattern = glob_of_prefix(cache_key(server_.settings().prefix, prefix));
  std::uint64_t removed = 0;
  std::string cursor = "0";
  do {
    cancel.check();
    const Reply step = server_.demand({"SCAN", cursor, "MATCH", pattern, "COUNT", kBatch}, "clearing the cache");
    if (step.items.size() != 2) throw Error(TDK_BAD_DATA, "clearing the cache: an answer to SCAN that is none");
    cursor = step.items[0].text;
    Command unlink{"UNLINK"};
    for (const Reply &key : step.items[1].items) unlink.push_back(key.text);
    if (unlink.size() > 1) removed += static_cast<std::uint64_t>(server_.demand(unlink, "clearing the cache").integer);
  } while (cursor != "0");
  return removed;
}

}  // namespace tapedeck::redis
