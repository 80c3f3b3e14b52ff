// A sink of a plugin's arrays that hands their elements on, one by one.
#pragma once

#include <functional>

#include "plugins/foreign_array.hpp"

namespace tapedeck {

// Until the receiver wants no more. `smallest`: the least size an element may have. `Call`: an InlineCall.
template <class T, class Call>
struct ArraySink {
  Call &call;
  const std::function<tdk_status(const T &)> &sink;
  std::size_t smallest;

  static tdk_status take(void *context, const T *first, std::uint64_t n, std::uint64_t stride) {
    auto &self = *static_cast<ArraySink *>(context);
    return self.call.offer([&]() -> tdk_status {
      tdk_status answer = TDK_OK;
      for_each_foreign(first, n, stride, self.smallest, blank<T>(), [&](const T &element) {
        if (answer == TDK_OK) answer = self.sink(element);
      });
      return answer;
    });
  }
};

}  // namespace tapedeck
