#include "plugins/event_sink_plugin.hpp"

#include <map>

#include "plugins/foreign_array.hpp"
#include "plugins/tables.hpp"

namespace tapedeck {
namespace {

tdk_eventsink table_of(PluginInstance &instance) {
  const void *table = instance.interface(TDK_IID_EVENTSINK);
  if (table == nullptr) throw Error(TDK_NOT_SUPPORTED, instance.name() + ": offers no " TDK_IID_EVENTSINK);
  return complete_event_sink(table);
}

// Everything that the plugin can reach during the call, and what it said.
class PublishCall final : public PluginCall {
 public:
  PublishCall(const PluginInstance &instance, const tdk_eventsink &table, std::vector<SinkEvent> events,
              const tdk_cancel *cancel)
      : PluginCall("publish", cancel), name_(instance.name()), self_(instance.self()), table_(table), events_(std::move(events)) {
    for (const auto &e : events_)
      raw_.push_back({sizeof(tdk_event), 0, e.id, e.time, str(e.type), str(e.key), str(e.payload)});
  }

  std::vector<SinkEventFailure> take_failures() {
    std::vector<SinkEventFailure> out;
    for (auto &[index, failure] : failures_) out.push_back(std::move(failure));
    return out;
  }

 private:
  tdk_status run(tdk_error *error) override {
    const tdk_event_failure_sink sink{sizeof sink, 0, this, &note};
    return table_.publish(self_, raw_.data(), raw_.size(), sizeof(tdk_event), &sink, token(), error);
  }

  static tdk_status note(void *context, std::uint64_t index, tdk_status status, tdk_str why) {
    auto &self = *static_cast<PublishCall *>(context);
    return self.offer([&]() -> tdk_status { return self.take(index, status, why); });
  }

  // What is wrong here is wrong with the plugin, not with the event: nobody may take it for a refusal of it.
  tdk_status take(std::uint64_t index, tdk_status status, tdk_str why) {
    const auto broken = [this](const char *what) { return Error(TDK_INTERNAL, name_ + ": publish: the plugin says " + what); };
    if (index >= events_.size()) throw broken("that an event has failed which it was not given");
    if (status == TDK_OK) throw broken("that an event has failed, with the status ok");
    if (why.size > 0 && why.data == nullptr) throw broken("why an event has failed, in a text of no sane size");
    if (!failures_.emplace(index, SinkEventFailure{index, status, text_of(why)}).second)
      throw broken("twice that an event has failed");
    return TDK_OK;
  }

  const std::string name_;
  void *self_;
  const tdk_eventsink table_;
  const std::vector<SinkEvent> events_;
  std::vector<tdk_event> raw_;
  std::map<std::uint64_t, SinkEventFailure> failures_;
};

}  // namespace

EventSinkPlugin::EventSinkPlugin(std::shared_ptr<PluginInstance> instance)
    : instance_(std::move(instance)), table_(table_of(*instance_)) {}

std::vector<SinkEventFailure> EventSinkPlugin::publish(std::vector<SinkEvent> events, const tdk_cancel *cancel) {
  const auto call = std::make_shared<PublishCall>(*instance_, table_, std::move(events), cancel);
  if (instance_->call(call, PluginInstance::Where::OnWorker) != TDK_OK)
    throw Error(TDK_CANCELLED, instance_->name() + ": publish: called off");
  return call->take_failures();
}

}  // namespace tapedeck
