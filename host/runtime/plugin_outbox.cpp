#include "runtime/plugin_outbox.hpp"

#include <tapedeck/layer/core.hpp>

#include "plugins/event_sink_plugin.hpp"
#include "plugins/foreign_array.hpp"
#include "plugins/outbox_plugin.hpp"

namespace tapedeck {
namespace {

constexpr std::size_t kErrorKept = 2000;  // of an entry's error, for people

tdk_outbox_request abi_of(const OutboxRequest &r) {
  tdk_outbox_request out{};
  out.struct_size = sizeof out;
  out.state = static_cast<std::uint32_t>(r.state);
  out.sink = str(r.sink);
  out.type = str(r.type);
  out.key = str(r.key);
  out.id = r.id;
  out.after = r.after;
  out.created_before = r.created_before.value_or(TDK_NULL_I64);
  out.limit = r.limit;
  return out;
}

OutboxEntry entry_of(const tdk_outbox_entry &e) {
  OutboxEntry out;
  out.id = e.id;
  out.state = static_cast<OutboxState>(e.state);
  out.sink = std::string(sv(e.sink));
  out.type = std::string(sv(e.type));
  out.key = std::string(sv(e.key));
  out.time = e.time;
  out.payload = std::string(sv(e.payload));
  out.created = e.created;
  out.tries = e.tries;
  out.error = text_of(e.error, kErrorKept);
  return out;
}

void raise_unless_done(tdk_status status, const char *what) {
  if (status == TDK_CANCELLED) throw Error(TDK_CANCELLED, std::string(what) + ": called off");
}

class PluginOutbox final : public Outbox {
 public:
  explicit PluginOutbox(std::shared_ptr<PluginInstance> instance) : plugin_(std::move(instance)) {}

  void claim(const std::string &sink, const std::string &owner, Nanos now, Nanos until) override {
    plugin_.claim(str(sink), str(owner), now, until);
  }

  std::vector<OutboxEntry> read(const OutboxRequest &request, const tdk_cancel *cancel) override {
    std::vector<OutboxEntry> out;
    const auto take = [&out](const tdk_outbox_entry &e) {
      out.push_back(entry_of(e));
      return TDK_OK;
    };
    raise_unless_done(plugin_.read(abi_of(request), take, cancel), "reading the outbox");
    return out;
  }

  void settle(std::span<const OutboxOutcome> outcomes) override {
    std::vector<tdk_outbox_outcome> raw;
    raw.reserve(outcomes.size());
    for (const auto &o : outcomes)
      raw.push_back({sizeof(tdk_outbox_outcome), static_cast<std::uint32_t>(o.kind), o.id, str(o.error)});
    plugin_.settle(raw);
  }

  std::uint64_t replay(const OutboxRequest &request) override { return plugin_.replay(abi_of(request)); }
  std::uint64_t purge(const OutboxRequest &request) override { return plugin_.purge(abi_of(request)); }

  std::vector<OutboxStat> stat(const tdk_cancel *cancel) override {
    std::vector<OutboxStat> out;
    const auto take = [&out](const tdk_outbox_stat &s) {
      out.push_back({std::string(sv(s.sink)), s.waiting, s.dead,
                     s.oldest == TDK_NULL_I64 ? std::nullopt : std::optional<Nanos>(s.oldest)});
      return TDK_OK;
    };
    raise_unless_done(plugin_.stat(take, cancel), "looking at the outbox");
    return out;
  }

 private:
  OutboxPlugin plugin_;
};

class PluginEventSink final : public EventSink {
 public:
  explicit PluginEventSink(std::shared_ptr<PluginInstance> instance) : plugin_(std::move(instance)) {}

  std::vector<EventFailure> publish(std::span<const OutboxEntry> events, const tdk_cancel *cancel) override {
    std::vector<SinkEvent> raw;
    raw.reserve(events.size());
    for (const auto &e : events) raw.push_back({e.id, e.time, e.type, e.key, e.payload});
    std::vector<EventFailure> out;
    for (auto &f : plugin_.publish(std::move(raw), cancel))
      out.push_back({static_cast<std::size_t>(f.index), f.status, std::move(f.why)});
    return out;
  }
  void health() override { plugin_.instance().health(); }
  bool usable() const override { return plugin_.instance().wedged().empty(); }

 private:
  EventSinkPlugin plugin_;
};

}  // namespace

std::unique_ptr<Outbox> make_plugin_outbox(std::shared_ptr<PluginInstance> instance) {
  return std::make_unique<PluginOutbox>(std::move(instance));
}

std::unique_ptr<EventSink> make_plugin_event_sink(std::shared_ptr<PluginInstance> instance) {
  return std::make_unique<PluginEventSink>(std::move(instance));
}

}  // namespace tapedeck
