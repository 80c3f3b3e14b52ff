// DRAFT interfaces: quality monitor, event sink. They may change until a real plugin uses them.
#pragma once

#include <tapedeck/layer/provider.hpp>

namespace tapedeck {
inline namespace v1 {

namespace detail {

TDK_DETECT(inspect, inspect(std::declval<const tdk_series &>(),
                            std::declval<const tdk_candle_batch *>(),
                            std::declval<const tdk_candle_batch &>(), std::declval<FindingWriter &>()));
TDK_DETECT(publish, publish(std::declval<const tdk_event *>(), std::uint64_t{}, std::uint64_t{}));

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
