#include "runtime/plugin_cache.hpp"

#include <tapedeck/layer/core.hpp>

#include "base/text.hpp"
#include "plugins/cache_plugin.hpp"

namespace tapedeck {
namespace {

class PluginCache final : public Cache {
 public:
  explicit PluginCache(std::shared_ptr<PluginInstance> instance) : plugin_(std::move(instance)) {}

  std::optional<CacheHit> get(std::string_view key) override {
    CacheHit hit;
    const bool found = plugin_.get(key, [&](std::string_view value, std::int64_t ttl) { hit = {std::string(value), ttl}; });
    return found ? std::optional(std::move(hit)) : std::nullopt;
  }
  void set(std::string_view key, std::string_view bytes, Nanos ttl) override { plugin_.set(key, bytes, ttl); }
  void remove(std::string_view key) override { plugin_.remove(key); }
  std::uint64_t clear(std::string_view prefix) override { return plugin_.clear(prefix); }

 private:
  CachePlugin plugin_;
};

tdk_shared_limit abi_of(const SharedAsk::Limit &l) {
  return {sizeof(tdk_shared_limit), static_cast<std::uint32_t>(l.kind), str(l.name), l.capacity, l.window_ns, l.amount,
          l.alone, l.own, l.known};
}

tdk_shared_sight abi_of(const SharedAsk::Sight &s) {
  return {sizeof(tdk_shared_sight), s.limit, s.used, s.amount, s.finished_before, s.window_index};
}

SharedAnswer answer_of(const tdk_shared_answer &a, const tdk_shared_use *uses) {
  SharedAnswer out;
  out.granted = (a.flags & TDK_SHARED_GRANTED) != 0;
  out.epoch = a.epoch;
  out.wait_ns = a.wait_ns;
  out.hosts = a.hosts;
  out.hold_ns = a.hold_ns;
  out.hold_reason = printable(sv(a.hold_reason), 400);
  for (std::uint64_t i = 0; i < a.use_count; ++i)
    out.uses.push_back({uses[i].used, uses[i].in_flight, uses[i].finished_before, uses[i].window_index});
  return out;
}

class PluginSharedBudget final : public SharedBudget {
 public:
  explicit PluginSharedBudget(std::shared_ptr<PluginInstance> instance) : plugin_(std::move(instance)) {}

  SharedAnswer exchange(const SharedAsk &ask, const tdk_cancel *cancel) override {
    std::vector<tdk_shared_limit> limits;
    for (const auto &l : ask.limits) limits.push_back(abi_of(l));
    std::vector<tdk_shared_sight> sights;
    for (const auto &s : ask.sights) sights.push_back(abi_of(s));
    SharedAnswer out;
    plugin_.exchange(raw_of(ask, limits, sights),
                     [&](const tdk_shared_answer &a, const tdk_shared_use *uses) { out = answer_of(a, uses); }, cancel);
    return out;
  }

 private:
  static tdk_shared_ask raw_of(const SharedAsk &ask, const std::vector<tdk_shared_limit> &limits,
                               const std::vector<tdk_shared_sight> &sights) {
    tdk_shared_ask out{};
    out.struct_size = sizeof out;
    out.flags = ask.take ? TDK_SHARED_TAKE : 0;
    out.account = str(ask.account);
    out.host = str(ask.host);
    out.priority = static_cast<std::uint32_t>(ask.priority);
    out.lease = ask.lease;
    out.epoch = ask.epoch;
    out.limits = limits.data();
    out.limit_count = limits.size();
    out.limit_stride = sizeof(tdk_shared_limit);
    out.ends = ask.ends.data();
    out.end_count = ask.ends.size();
    out.sights = sights.data();
    out.sight_count = sights.size();
    out.sight_stride = sizeof(tdk_shared_sight);
    out.hold_ns = ask.hold_ns;
    out.hold_reason = str(ask.hold_reason);
    out.patience_ns = ask.patience_ns;
    out.grace_ns = ask.grace_ns;
    out.lease_ns = ask.lease_ns;
    return out;
  }

  SharedBudgetPlugin plugin_;
};

}  // namespace

std::unique_ptr<Cache> make_plugin_cache(std::shared_ptr<PluginInstance> instance) {
  return std::make_unique<PluginCache>(std::move(instance));
}

std::unique_ptr<SharedBudget> make_plugin_shared_budget(std::shared_ptr<PluginInstance> instance) {
  return std::make_unique<PluginSharedBudget>(std::move(instance));
}

}  // namespace tapedeck
