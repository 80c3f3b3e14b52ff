// From a class with claim_outbox(), read_outbox() and so on to the outbox's table.
#pragma once

#include <tapedeck/layer/provider.hpp>
#include <tapedeck/layer/storage.hpp>

namespace tapedeck {
inline namespace v1 {
namespace detail {

TDK_DETECT(read_outbox, read_outbox(std::declval<const tdk_outbox_request &>(),
                                    std::declval<const tdk_outbox_sink &>(),
                                    std::declval<const Cancel &>()));

// claim_outbox(sink, owner, now, until), read_outbox(request, sink, cancel), settle_outbox(outcomes),
// replay_outbox(request) and purge_outbox(request) -> how many, stat_outbox(sink, cancel)
template <class T>
struct OutboxTable {
  static constexpr bool offered = has<T, read_outbox_op>::value;

  static const tdk_outbox *get() {
    static const tdk_outbox table = make();
    return &table;
  }

 private:
  static T &at(void *self) { return *static_cast<T *>(self); }

  static tdk_outbox make() {
    tdk_outbox o{};
    o.struct_size = sizeof o;
    o.claim = [](void *self, tdk_str sink, tdk_str owner, std::int64_t now, std::int64_t until,
                 tdk_error *err) -> tdk_status {
      return guard(err, [&] {
        at(self).claim_outbox(sv(sink), sv(owner), now, until);
        return TDK_OK;
      });
    };
    o.read = [](void *self, const tdk_outbox_request *rq, const tdk_outbox_sink *sink,
                const tdk_cancel *cancel, tdk_error *err) -> tdk_status {
      return guard(err, [&] {
        at(self).read_outbox(*rq, *sink, Cancel(cancel));
        return TDK_OK;
      });
    };
    o.settle = [](void *self, const tdk_outbox_outcome *first, std::uint64_t n,
                  std::uint64_t stride, tdk_error *err) -> tdk_status {
      return guard(err, [&] {
        at(self).settle_outbox(Rows<tdk_outbox_outcome>{first, n, stride});
        return TDK_OK;
      });
    };
    o.replay = [](void *self, const tdk_outbox_request *rq, std::uint64_t *count,
                  tdk_error *err) -> tdk_status {
      return guard(err, [&] {
        *count = at(self).replay_outbox(*rq);
        return TDK_OK;
      });
    };
    o.purge = [](void *self, const tdk_outbox_request *rq, std::uint64_t *count,
                 tdk_error *err) -> tdk_status {
      return guard(err, [&] {
        *count = at(self).purge_outbox(*rq);
        return TDK_OK;
      });
    };
    o.stat = [](void *self, const tdk_outbox_stat_sink *sink, const tdk_cancel *cancel,
                tdk_error *err) -> tdk_status {
      return guard(err, [&] {
        at(self).stat_outbox(*sink, Cancel(cancel));
        return TDK_OK;
      });
    };
    return o;
  }
};

}  // namespace detail
}  // namespace v1
}  // namespace tapedeck
