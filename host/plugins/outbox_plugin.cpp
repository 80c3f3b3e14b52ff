#include "plugins/outbox_plugin.hpp"

#include "plugins/array_sink.hpp"
#include "plugins/inline_call.hpp"
#include "plugins/tables.hpp"

namespace tapedeck {
namespace {

bool is_sound(tdk_str text, std::uint64_t limit) {
  return text.size <= limit && (text.size == 0 || text.data != nullptr);
}

bool suits(tdk_str text, tdk_str wanted) { return wanted.size == 0 || sv(text) == sv(wanted); }

// What is wrong with an entry that a storage handed back, NULL: nothing. `before`: the id of the one before it.
const char *problem_of(const tdk_outbox_entry &e, std::uint64_t before, const tdk_outbox_request &rq) {
  for (const tdk_str text : {e.sink, e.type, e.key})
    if (!is_sound(text, OutboxPlugin::kMaxText)) return "an event whose sink, type or key has no sane size";
  if (!is_sound(e.payload, OutboxPlugin::kMaxPayload)) return "an event whose payload has no sane size";
  if (!is_sound(e.error, OutboxPlugin::kMaxPayload)) return "an event whose error has no sane size";
  if (e.id <= before) return "the events are not in order";
  if (e.state != rq.state || !suits(e.sink, rq.sink) || !suits(e.type, rq.type) || !suits(e.key, rq.key) ||
      (rq.id != 0 && e.id != rq.id))
    return "an event that was not asked for";
  return nullptr;
}

tdk_outbox table_of(PluginInstance &instance) {
  const void *table = instance.interface(TDK_IID_OUTBOX);
  if (table == nullptr) throw Error(TDK_NOT_SUPPORTED, instance.name() + ": offers no " TDK_IID_OUTBOX);
  return complete_outbox(table);
}

}  // namespace

OutboxPlugin::OutboxPlugin(std::shared_ptr<PluginInstance> instance)
    : instance_(std::move(instance)), table_(table_of(*instance_)) {}

void OutboxPlugin::claim(tdk_str sink, tdk_str owner, std::int64_t now, std::int64_t until) {
  call_inline(*instance_, "claim", nullptr, [&](auto &, tdk_error *error) {
    return table_.claim(instance_->self(), sink, owner, now, until, error);
  });
}

tdk_status OutboxPlugin::read(const tdk_outbox_request &request, const Sink<tdk_outbox_entry> &sink,
                              const tdk_cancel *cancel) {
  return call_inline(*instance_, "read", cancel, [&](auto &self, tdk_error *error) {
    std::uint64_t before = request.after, count = 0;
    const Sink<tdk_outbox_entry> checked = [&](const tdk_outbox_entry &e) {
      if (const char *why = problem_of(e, before, request)) return self.refuse(why);
      if (request.limit != 0 && ++count > request.limit) return self.refuse("more events than were asked for");
      before = e.id;
      return sink(e);
    };
    using Array = ArraySink<tdk_outbox_entry, std::remove_reference_t<decltype(self)>>;
    Array array{self, checked, TAPEDECK_SIZE_TO(tdk_outbox_entry, error)};
    const tdk_outbox_sink raw{sizeof raw, 0, &array, &Array::take};
    return table_.read(instance_->self(), &request, &raw, self.token(), error);
  });
}

void OutboxPlugin::settle(std::span<const tdk_outbox_outcome> outcomes) {
  call_inline(*instance_, "settle", nullptr, [&](auto &, tdk_error *error) {
    return table_.settle(instance_->self(), outcomes.data(), outcomes.size(), sizeof(tdk_outbox_outcome), error);
  });
}

std::uint64_t OutboxPlugin::replay(const tdk_outbox_request &request) {
  std::uint64_t count = 0;
  call_inline(*instance_, "replay", nullptr, [&](auto &, tdk_error *error) {
    return table_.replay(instance_->self(), &request, &count, error);
  });
  return count;
}

std::uint64_t OutboxPlugin::purge(const tdk_outbox_request &request) {
  std::uint64_t count = 0;
  call_inline(*instance_, "purge", nullptr, [&](auto &, tdk_error *error) {
    return table_.purge(instance_->self(), &request, &count, error);
  });
  return count;
}

tdk_status OutboxPlugin::stat(const Sink<tdk_outbox_stat> &sink, const tdk_cancel *cancel) {
  return call_inline(*instance_, "stat", cancel, [&](auto &self, tdk_error *error) {
    const Sink<tdk_outbox_stat> checked = [&](const tdk_outbox_stat &s) {
      return is_sound(s.sink, kMaxText) ? sink(s) : self.refuse("a sink whose name has no sane size");
    };
    using Array = ArraySink<tdk_outbox_stat, std::remove_reference_t<decltype(self)>>;
    Array array{self, checked, TAPEDECK_SIZE_TO(tdk_outbox_stat, oldest)};
    const tdk_outbox_stat_sink raw{sizeof raw, 0, &array, &Array::take};
    return table_.stat(instance_->self(), &raw, self.token(), error);
  });
}

}  // namespace tapedeck
