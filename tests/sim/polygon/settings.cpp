#include "sim/polygon/settings.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "sim/text.hpp"

namespace tapedeck::sim::polygon {
namespace {

[[noreturn]] void refuse(const VendorSetting &setting, std::string_view wanted) {
  throw std::invalid_argument(concat({"--set polygon.", setting.name, "=", setting.value,
                                      ": expected ", wanted}));
}

/// Whether the value is `yes`; it must be that or `no`.
bool choose(const VendorSetting &setting, std::string_view yes, std::string_view no) {
  if (setting.value == yes) return true;
  if (setting.value != no) refuse(setting, concat({yes, " or ", no}));
  return false;
}

std::int64_t number(const VendorSetting &setting, std::int64_t most) {
  std::int64_t value = -1;
  const char *end = setting.value.data() + setting.value.size();
  const auto [at, error] = std::from_chars(setting.value.data(), end, value);
  if (error != std::errc{} || at != end || value < 0 || value > most)
    refuse(setting, "a number from 0 to " + std::to_string(most));
  return value;
}

std::vector<std::string> names(std::string_view text) {
  std::vector<std::string> all;
  while (!text.empty()) {
    const std::string_view name = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), name.size() + 1));
    if (!name.empty()) all.emplace_back(name);
  }
  return all;
}

Empty empty_of(const VendorSetting &setting) {
  if (setting.value == "absent") return Empty::Absent;
  if (setting.value == "null") return Empty::Null;
  if (setting.value != "list") refuse(setting, "absent, null or list");
  return Empty::List;
}

void apply(const VendorSetting &setting, Settings &out) {
  constexpr std::int64_t longest = 3'600'000;
  const std::string &name = setting.name;
  if (name == "key")
    out.key = setting.value;
  else if (name == "plan")
    out.free_plan = choose(setting, "free", "paid");
  else if (name == "status")
    out.delayed = choose(setting, "DELAYED", "OK");
  else if (name == "empty")
    out.empty = empty_of(setting);
  else if (name == "body_429")
    out.empty_429 = choose(setting, "empty", "json");
  else if (name == "retry_after")
    out.retry_after = choose(setting, "on", "off");
  else if (name == "deny")
    out.deny = names(setting.value);
  else if (name == "acks")
    out.split_acks = choose(setting, "split", "batched");
  else if (name == "connections")
    out.connections = number(setting, 1'000);
  else if (name == "evict")
    out.evict_new = choose(setting, "new", "old");
  else if (name == "evict_with")
    out.evict_reset = choose(setting, "reset", "1008");
  else if (name == "auth_timeout_ms")
    out.auth_timeout_ms = number(setting, longest);
  else if (name == "batch_ms")
    out.batch_ms = number(setting, longest);
  else if (name == "late_bars")
    out.late_bars = number(setting, 100);
  else if (name == "unknown_events")
    out.unknown_events = choose(setting, "on", "off");
  else
    refuse(setting,
           "one of key, plan, status, empty, body_429, retry_after, deny, acks, connections, evict, "
           "evict_with, auth_timeout_ms, batch_ms, late_bars, unknown_events");
}

}  // namespace

bool Settings::denies(std::string_view name) const {
  return std::find(deny.begin(), deny.end(), name) != deny.end();
}

Settings read_settings(std::span<const VendorSetting> all) {
  Settings out;
  for (const VendorSetting &setting : all)
    if (setting.vendor == "polygon") apply(setting, out);
  return out;
}

}  // namespace tapedeck::sim::polygon
