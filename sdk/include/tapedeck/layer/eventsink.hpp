// From a class with publish() to the event sink's table.
#pragma once

#include <tapedeck/layer/provider.hpp>
#include <tapedeck/layer/storage.hpp>

namespace tapedeck {
inline namespace v1 {

// Takes what became of the events that were not acknowledged, each once. Borrowed: as long as the call.
class EventFailures {
 public:
  explicit EventFailures(const tdk_event_failure_sink *sink) : sink_(sink) {}
  // TDK_INVALID_ARGUMENT and TDK_BAD_DATA: never to be taken; else: to be tried again.
  void add(std::uint64_t index, tdk_status status, std::string_view why) {
    detail::raise_unless_ok(sink_->on_failure(sink_->ctx, index, status, str(why)));
  }

 private:
  const tdk_event_failure_sink *sink_;
};

namespace detail {

TDK_DETECT(publish, publish(std::declval<const Rows<tdk_event> &>(), std::declval<EventFailures &>(),
                            std::declval<const Cancel &>()));

// publish(events, failures, cancel)
template <class T>
struct EventSinkTable {
  static constexpr bool offered = has<T, publish_op>::value;
  static const tdk_eventsink *get() {
    static const tdk_eventsink table = {
        sizeof(tdk_eventsink), 0,
        [](void *self, const tdk_event *first, std::uint64_t n, std::uint64_t stride,
           const tdk_event_failure_sink *sink, const tdk_cancel *cancel,
           tdk_error *err) -> tdk_status {
          return guard(err, [&] {
            EventFailures failures(sink);
            static_cast<T *>(self)->publish(Rows<tdk_event>{first, n, stride}, failures,
                                            Cancel(cancel));
            return TDK_OK;
          });
        }};
    return &table;
  }
};

}  // namespace detail
}  // namespace v1
}  // namespace tapedeck
