#include "plugins/cache_plugin.hpp"

#include <tapedeck/layer/core.hpp>

#include <vector>

#include "plugins/foreign_array.hpp"
#include "plugins/inline_call.hpp"
#include "plugins/tables.hpp"

namespace tapedeck {
namespace {

tdk_bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t *>(text.data()), text.size()};
}

const void *table_of(PluginInstance &instance, const char *iid) {
  const void *table = instance.interface(iid);
  if (table == nullptr) throw Error(TDK_NOT_SUPPORTED, instance.name() + ": offers no " + iid);
  return table;
}

}  // namespace

CachePlugin::CachePlugin(std::shared_ptr<PluginInstance> instance)
    : instance_(std::move(instance)), table_(complete_cache(table_of(*instance_, TDK_IID_CACHE))) {}

bool CachePlugin::get(std::string_view key, const Sink &sink, const tdk_cancel *cancel) {
  bool found = false;
  call_inline(*instance_, "get", cancel, [&](auto &self, tdk_error *error) {
    struct Context {
      std::remove_reference_t<decltype(self)> &call;
      const Sink &sink;
      bool &found;
    } context{self, sink, found};
    const tdk_bytes_sink raw{sizeof raw, 0, &context, [](void *p, tdk_bytes value, std::int64_t ttl) -> tdk_status {
                               auto &c = *static_cast<Context *>(p);
                               return c.call.offer([&]() -> tdk_status {
                                 if (c.found) return c.call.refuse("more than one value");
                                 if (value.size > kMaxValue || (value.size > 0 && value.data == nullptr))
                                   return c.call.refuse("a value of no sane size");
                                 if (ttl <= 0) return c.call.refuse("a value whose time is over");
                                 c.found = true;
                                 const auto *text = reinterpret_cast<const char *>(value.data);
                                 c.sink({value.size > 0 ? text : "", static_cast<std::size_t>(value.size)}, ttl);
                                 return TDK_OK;
                               });
                             }};
    const tdk_status status = table_.get(instance_->self(), str(key), &raw, self.token(), error);
    return status == TDK_NOT_FOUND && !found ? TDK_OK : status;  // a miss is no failure
  });
  return found;
}

void CachePlugin::set(std::string_view key, std::string_view value, std::int64_t ttl_ns, const tdk_cancel *cancel) {
  call_inline(*instance_, "set", cancel, [&](auto &self, tdk_error *error) {
    return table_.set(instance_->self(), str(key), bytes_of(value), ttl_ns, self.token(), error);
  });
}

void CachePlugin::remove(std::string_view key, const tdk_cancel *cancel) {
  call_inline(*instance_, "remove", cancel, [&](auto &self, tdk_error *error) {
    return table_.remove(instance_->self(), str(key), self.token(), error);
  });
}

std::uint64_t CachePlugin::clear(std::string_view prefix, const tdk_cancel *cancel) {
  std::uint64_t removed = 0;
  call_inline(*instance_, "clear", cancel, [&](auto &self, tdk_error *error) {
    return table_.clear(instance_->self(), str(prefix), &removed, self.token(), error);
  });
  return removed;
}

SharedBudgetPlugin::SharedBudgetPlugin(std::shared_ptr<PluginInstance> instance)
    : instance_(std::move(instance)),
      table_(complete_shared_budget(table_of(*instance_, TDK_IID_SHARED_BUDGET))) {}

void SharedBudgetPlugin::exchange(const tdk_shared_ask &ask, const Sink &sink, const tdk_cancel *cancel) {
  bool answered = false;
  call_inline(*instance_, "exchange", cancel, [&](auto &self, tdk_error *error) {
    struct Context {
      std::remove_reference_t<decltype(self)> &call;
      const Sink &sink;
      std::uint64_t expected;
      bool &answered;
    } context{self, sink, ask.limit_count, answered};
    const tdk_shared_sink raw{sizeof raw, 0, &context, [](void *p, const tdk_shared_answer *a) -> tdk_status {
                                auto &c = *static_cast<Context *>(p);
                                return c.call.offer([&]() -> tdk_status {
                                  if (c.answered) return c.call.refuse("more than one answer");
                                  if (!TDK_HAS(a, use_stride) || a->use_count != c.expected)
                                    return c.call.refuse("an answer that is too small");
                                  std::vector<tdk_shared_use> uses;
                                  for_each_foreign(a->uses, a->use_count, a->use_stride,
                                                   TAPEDECK_SIZE_TO(tdk_shared_use, window_index), tdk_shared_use{},
                                                   [&](const tdk_shared_use &u) { uses.push_back(u); });
                                  c.answered = true;
                                  c.sink(*a, uses.data());
                                  return TDK_OK;
                                });
                              }};
    const tdk_status status = table_.exchange(instance_->self(), &ask, &raw, self.token(), error);
    return status == TDK_OK && !answered ? TDK_BAD_DATA : status;
  });
}

}  // namespace tapedeck
