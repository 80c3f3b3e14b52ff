// DRAFT interface: quality monitor. It may change until a real plugin uses it.
#pragma once

#include <tapedeck/layer/provider.hpp>

namespace tapedeck {
inline namespace v1 {

namespace detail {

TDK_DETECT(inspect, inspect(std::declval<const tdk_series &>(),
                            std::declval<const tdk_candle_batch *>(),
                            std::declval<const tdk_candle_batch &>(), std::declval<FindingWriter &>()));

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

}  // namespace detail
}  // namespace v1
}  // namespace tapedeck
