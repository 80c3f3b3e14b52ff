// A storage plugin's outbox behind the host's Outbox, and an event sink plugin behind its EventSink.
#pragma once

#include <memory>

#include "plugins/instance.hpp"
#include "runtime/event_sink.hpp"
#include "runtime/outbox.hpp"

namespace tapedeck {

// Throw TDK_NOT_SUPPORTED when the plugin does not offer it.
std::unique_ptr<Outbox> make_plugin_outbox(std::shared_ptr<PluginInstance> instance);
std::unique_ptr<EventSink> make_plugin_event_sink(std::shared_ptr<PluginInstance> instance);

}  // namespace tapedeck
