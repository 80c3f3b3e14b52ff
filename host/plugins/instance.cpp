#include "plugins/instance.hpp"

#include <tapedeck/layer/core.hpp>

#include "base/text.hpp"
#include "plugins/foreign_struct.hpp"
#include "plugins/instance_state.hpp"

namespace tapedeck {
namespace {

// A function of the plugin that takes no token and hands nothing over.
class PlainCall final : public PluginCall {
 public:
  using Body = std::function<tdk_status(tdk_error *)>;
  PlainCall(const char *function, std::int64_t limit_mono_ns, Body body)
      : PluginCall(function, nullptr, limit_mono_ns), body_(std::move(body)) {}

 private:
  tdk_status run(tdk_error *error) override { return body_(error); }
  Body body_;
};

void require_functions(const tdk_plugin &plugin) {
  if (!is_code(plugin.destroy)) throw Error(TDK_INCOMPATIBLE, "create left destroy unset");
  if (!is_code(plugin.get_interface))
    throw Error(TDK_INCOMPATIBLE, "create left get_interface unset");
  if (plugin.health != nullptr && !is_code(plugin.health))
    throw Error(TDK_INCOMPATIBLE, "create set health to what is no function");
}

std::vector<tdk_kv> views_of(const OptionValues &options) {
  std::vector<tdk_kv> out;
  for (const auto &[key, value] : options) out.push_back({str(key), str(value)});
  return out;
}

// A storage is created on the caller's thread: giving it up in the middle of a migration would be
// worse than waiting.
PluginInstance::Where where_of_life(const PluginDescriptor &descriptor) {
  return descriptor.offers(TDK_IID_STORAGE) ? PluginInstance::Where::Inline
                                            : PluginInstance::Where::OnWorker;
}

}  // namespace

PluginInstance::PluginInstance(std::shared_ptr<State> state) : state_(std::move(state)) {}

std::shared_ptr<PluginInstance> PluginInstance::make(const Module &module, std::string_view id,
                                                     InstanceSettings settings) {
  const auto *descriptor = module.find(id);
  if (descriptor == nullptr)
    throw Error(TDK_NOT_FOUND, module.path().string() + ": has no plugin " + std::string(id));
  settings.options = complete_options(*descriptor, settings.options);
  if (settings.name.empty()) settings.name = descriptor->id;
  auto state = std::make_shared<State>(module, *descriptor, std::move(settings));
  std::shared_ptr<PluginInstance> instance(new PluginInstance(std::move(state)));
  instance->create();
  return instance;
}

void PluginInstance::create() {
  const std::int64_t limit = state_->clock().monotonic_ns() + state_->settings.create_limit_ns;
  state_->made.struct_size = sizeof state_->made;
  auto body = [state = state_](tdk_error *error) {
    const auto options = views_of(state->settings.options);
    return state->module.create()(state->settings.host.get(), state->descriptor.id.c_str(),
                                  options.data(), options.size(), &state->made, error);
  };
  call(std::make_shared<PlainCall>("create", limit, std::move(body)),
       where_of_life(state_->descriptor));
  require_functions(state_->made);
  state_->plugin = state_->made;
}

PluginInstance::~PluginInstance() {
  // Never destroyed: the thread inside the plugin uses the instance, its host services and itself.
  static std::mutex mutex;
  static auto &leaked = *new std::vector<std::shared_ptr<State>>;
  auto &plugin = state_->plugin;
  if (!state_->left_alone && plugin.destroy != nullptr) {
    auto body = [state = state_](tdk_error *) {
      state->plugin.destroy(state->plugin.self);
      return TDK_OK;
    };
    // Its time is up at once: the watchdog's grace is all that a shutdown waits for.
    const std::int64_t now = state_->clock().monotonic_ns();
    state_->perform(state_, std::make_shared<PlainCall>("destroy", now, std::move(body)),
                    where_of_life(state_->descriptor));
  }
  state_->idle_workers.clear();
  if (!state_->left_alone) return;
  std::lock_guard lock(mutex);
  leaked.push_back(std::move(state_));
}

const std::string &PluginInstance::name() const { return state_->settings.name; }
const PluginDescriptor &PluginInstance::descriptor() const { return state_->descriptor; }
void *PluginInstance::self() const { return state_->plugin.self; }
std::string PluginInstance::wedged() const { return state_->turnstile.why(); }

tdk_status PluginInstance::call(const std::shared_ptr<PluginCall> &call, Where where) {
  const auto entered = state_->turnstile.enter(*call);
  if (entered == TDK_CANCELLED) return entered;
  if (entered == TDK_UNAVAILABLE) throw Error(entered, name() + ": " + wedged());
  if (entered != TDK_OK) throw Error(entered, name() + ": another call took too long");
  const std::int64_t started = state_->clock().monotonic_ns();
  const bool came_back = state_->perform(state_, call, where);
  state_->turnstile.leave();
  const CallOutcome outcome =
      came_back ? call->result() : CallOutcome{TDK_UNAVAILABLE, wedged(), 0, 0};
  if (state_->settings.observer)
    state_->settings.observer({name(), call->function(), outcome.status, outcome.message,
                               state_->clock().monotonic_ns() - started});
  if (outcome.status == TDK_OK || outcome.status == TDK_STOP || outcome.status == TDK_CANCELLED)
    return outcome.status;
  if (!came_back) throw Error(outcome.status, name() + ": " + outcome.message);
  const std::string why(outcome.message.empty() ? status_name(outcome.status)
                                                : std::string_view(outcome.message));
  throw Error(outcome.status, name() + ": " + call->function() + ": " + why, outcome.retry_after_ms,
              outcome.upstream);
}

const void *PluginInstance::interface(const char *iid) {
  auto table = std::make_shared<const void *>(nullptr);
  auto body = [state = state_, table, iid = std::string(iid)](tdk_error *) {
    *table = state->plugin.get_interface(state->plugin.self, iid.c_str());
    return TDK_OK;
  };
  call(std::make_shared<PlainCall>("get_interface", INT64_MAX, std::move(body)), Where::Inline);
  return *table;
}

void PluginInstance::health() {
  auto body = [state = state_](tdk_error *error) {
    const auto &plugin = state->plugin;
    return plugin.health == nullptr ? TDK_OK : plugin.health(plugin.self, error);
  };
  const std::int64_t now = state_->clock().monotonic_ns();
  call(std::make_shared<PlainCall>("health", now, std::move(body)),
       where_of_life(state_->descriptor));
}

}  // namespace tapedeck
