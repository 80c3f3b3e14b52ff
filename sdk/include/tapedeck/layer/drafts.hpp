// DRAFT interfaces: cache, quality monitor, event sink. They may change until a real plugin uses them.
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

TDK_DETECT(cache_get, get(std::string_view{}));
TDK_DETECT(cache_set, set(std::string_view{}, std::string_view{}, std::int64_t{}));
TDK_DETECT(inspect, inspect(std::declval<const tdk_series &>(),
                            std::declval<const tdk_candle_batch *>(),
                            std::declval<const tdk_candle_batch &>(), std::declval<FindingWriter &>()));
TDK_DETECT(publish, publish(std::declval<const tdk_event *>(), std::uint64_t{}, std::uint64_t{}));

// get(key) -> std::optional<CacheValue>, set(key, bytes, ttl_ns), remove(key), clear(prefix) -> count
template <class T>
struct CacheTable {
  static constexpr bool offered = has<T, cache_get_op>::value && has<T, cache_set_op>::value;
  static T &at(void *self) { return *static_cast<T *>(self); }
  static std::string_view view(tdk_bytes b) {
    return {reinterpret_cast<const char *>(b.data), static_cast<std::size_t>(b.size)};
  }
  static const tdk_cache *get() {
    static const tdk_cache table = {sizeof(tdk_cache), 0, &read, &write, &remove, &clear};
    return &table;
  }
  static tdk_status TDK_CALL read(void *self, tdk_str key, const tdk_bytes_sink *sink, tdk_error *e) {
    return guard(e, [&]() -> tdk_status {
      std::optional<CacheValue> v = at(self).get(sv(key));
      if (!v) return TDK_NOT_FOUND;
      tdk_bytes b{reinterpret_cast<const std::uint8_t *>(v->bytes.data()), v->bytes.size()};
      return sink->on_bytes(sink->ctx, b, v->ttl_left_ns);
    });
  }
  static tdk_status TDK_CALL write(void *self, tdk_str key, tdk_bytes value, std::int64_t ttl_ns,
                                   tdk_error *e) {
    return guard(e, [&] {
      at(self).set(sv(key), view(value), ttl_ns);
      return TDK_OK;
    });
  }
  static tdk_status TDK_CALL remove(void *self, tdk_str key, tdk_error *e) {
    return guard(e, [&] {
      at(self).remove(sv(key));
      return TDK_OK;
    });
  }
  static tdk_status TDK_CALL clear(void *self, tdk_str prefix, std::uint64_t *removed, tdk_error *e) {
    return guard(e, [&] {
      *removed = at(self).clear(sv(prefix));
      return TDK_OK;
    });
  }
};

template <class T>
struct QualityTable {
  static constexpr bool offered = has<T, inspect_op>::value;
  static const tdk_quality *get() {
    static const tdk_quality table = {sizeof(tdk_quality), 0, &inspect};
    return &table;
  }
  static tdk_status TDK_CALL inspect(void *self, const tdk_series *s, const tdk_candle_batch *before,
                                     const tdk_candle_batch *b, const tdk_finding_sink *sink,
                                     tdk_error *err) {
    return guard(err, [&] {
      FindingWriter w{sink};
      static_cast<T *>(self)->inspect(*s, before, *b, w);
      return TDK_OK;
    });
  }
};

// publish(first, count, stride), flush(cancel)
template <class T>
struct EventSinkTable {
  static constexpr bool offered = has<T, publish_op>::value;
  static const tdk_eventsink *get() {
    static const tdk_eventsink table = {sizeof(tdk_eventsink), 0, &publish, &flush};
    return &table;
  }
  static tdk_status TDK_CALL publish(void *self, const tdk_event *first, std::uint64_t count,
                                     std::uint64_t stride, tdk_error *err) {
    return guard(err, [&] {
      static_cast<T *>(self)->publish(first, count, stride);
      return TDK_OK;
    });
  }
  static tdk_status TDK_CALL flush(void *self, const tdk_cancel *c, tdk_error *err) {
    return guard(err, [&] {
      static_cast<T *>(self)->flush(Cancel(c));
      return TDK_OK;
    });
  }
};

}  // namespace detail
}  // namespace v1
}  // namespace tapedeck
