// From a class with get() and set() to the cache's table, and from exchange() to that of shared budgets.
#pragma once

#include <tapedeck/layer/provider.hpp>

#include <optional>

namespace tapedeck {
inline namespace v1 {

// A value of a cache and how long it still lives.
struct CacheValue {
  std::string bytes;
  std::int64_t ttl_left_ns = 0;
};

namespace detail {

TDK_DETECT(cache_get, get(std::string_view{}, std::declval<const Cancel &>()));
TDK_DETECT(cache_set, set(std::string_view{}, std::string_view{}, std::int64_t{},
                          std::declval<const Cancel &>()));
TDK_DETECT(cache_remove, remove(std::string_view{}, std::declval<const Cancel &>()));
TDK_DETECT(cache_clear, clear(std::string_view{}, std::declval<const Cancel &>()));
TDK_DETECT(exchange, exchange(std::declval<const tdk_shared_ask &>(),
                              std::declval<const tdk_shared_sink &>(),
                              std::declval<const Cancel &>()));

// get(key, cancel) -> std::optional<CacheValue>, set(key, bytes, ttl_ns, cancel), remove(key, cancel),
// clear(prefix, cancel) -> how many went
template <class T>
struct CacheTable {
  static constexpr bool offered = has<T, cache_get_op>::value && has<T, cache_set_op>::value;

  static const tdk_cache *get() {
    static const tdk_cache table = make();
    return &table;
  }

 private:
  static T &at(void *self) { return *static_cast<T *>(self); }
  static std::string_view view(tdk_bytes b) {
    return {b.size ? reinterpret_cast<const char *>(b.data) : "", static_cast<std::size_t>(b.size)};
  }

  static tdk_cache make() {
    tdk_cache c{};
    c.struct_size = sizeof c;
    c.get = [](void *self, tdk_str key, const tdk_bytes_sink *sink, const tdk_cancel *cancel,
               tdk_error *err) -> tdk_status {
      return guard(err, [&]() -> tdk_status {
        std::optional<CacheValue> v = at(self).get(sv(key), Cancel(cancel));
        if (!v) return TDK_NOT_FOUND;
        tdk_bytes b{reinterpret_cast<const std::uint8_t *>(v->bytes.data()), v->bytes.size()};
        return sink->on_bytes(sink->ctx, b, v->ttl_left_ns);
      });
    };
    c.set = [](void *self, tdk_str key, tdk_bytes value, std::int64_t ttl_ns,
               const tdk_cancel *cancel, tdk_error *err) -> tdk_status {
      return guard(err, [&] {
        at(self).set(sv(key), view(value), ttl_ns, Cancel(cancel));
        return TDK_OK;
      });
    };
    if constexpr (has<T, cache_remove_op>::value)
      c.remove = [](void *self, tdk_str key, const tdk_cancel *cancel,
                    tdk_error *err) -> tdk_status {
        return guard(err, [&] {
          at(self).remove(sv(key), Cancel(cancel));
          return TDK_OK;
        });
      };
    if constexpr (has<T, cache_clear_op>::value)
      c.clear = [](void *self, tdk_str prefix, std::uint64_t *removed, const tdk_cancel *cancel,
                   tdk_error *err) -> tdk_status {
        return guard(err, [&] {
          *removed = at(self).clear(sv(prefix), Cancel(cancel));
          return TDK_OK;
        });
      };
    return c;
  }
};

// exchange(ask, sink, cancel), which calls the sink once
template <class T>
struct SharedBudgetTable {
  static constexpr bool offered = has<T, exchange_op>::value;

  static const tdk_shared_budget *get() {
    static const tdk_shared_budget table = {
        sizeof(tdk_shared_budget), 0,
        [](void *self, const tdk_shared_ask *ask, const tdk_shared_sink *sink,
           const tdk_cancel *cancel, tdk_error *err) -> tdk_status {
          return guard(err, [&] {
            static_cast<T *>(self)->exchange(*ask, *sink, Cancel(cancel));
            return TDK_OK;
          });
        }};
    return &table;
  }
};

}  // namespace detail
}  // namespace v1
}  // namespace tapedeck
