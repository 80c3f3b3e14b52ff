#include "sim/twelvedata/settings.hpp"

#include <charconv>
#include <limits>
#include <stdexcept>

#include "sim/text.hpp"

namespace tapedeck::sim::twelvedata {
namespace {

[[noreturn]] void refuse(const VendorSetting &setting, std::string_view advice) {
  throw std::invalid_argument(
      concat({"--set twelvedata.", setting.name, "=", setting.value, ": ", advice}));
}

std::int64_t number(const VendorSetting &setting, std::int64_t low, std::int64_t high) {
  std::int64_t value = 0;
  const char *begin = setting.value.data(), *end = begin + setting.value.size();
  const auto [read, error] = std::from_chars(begin, end, value);
  if (error != std::errc{} || read != end || value < low || value > high)
    refuse(setting,
           concat({"expected a number from ", std::to_string(low), " to ", std::to_string(high)}));
  return value;
}

bool choice(const VendorSetting &setting, std::string_view no, std::string_view yes) {
  if (setting.value != no && setting.value != yes)
    refuse(setting, concat({"expected ", no, " or ", yes}));
  return setting.value == yes;
}

void read(const VendorSetting &s, Settings &out) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  if (s.name == "key") {
    out.key = s.value;
  } else if (s.name == "credits_per_minute") {
    out.per_minute = number(s, 1, kMost);
  } else if (s.name == "credits_per_day") {
    out.per_day = number(s, 0, kMost);
  } else if (s.name == "errors") {
    out.errors_as_200 = choice(s, "real", "200");
  } else if (s.name == "minute") {
    out.sliding_minute = choice(s, "clock", "sliding");
  } else if (s.name == "daily_end") {
    out.inclusive_dates = choice(s, "exclusive", "inclusive");
  } else if (s.name == "weekend") {
    out.weekend_bars = choice(s, "closed", "bars");
  } else if (s.name == "publish_delay_ms") {
    out.publish_delay_ms = number(s, 0, kMost);
  } else if (s.name == "restated") {
    out.restated_permille = number(s, 0, 1'000);
  } else if (s.name == "noise") {
    out.noisy_permille = number(s, 0, 1'000);
  } else if (s.name == "upgrade") {
    out.refused_upgrade = static_cast<int>(number(s, 200, 599));
  } else if (s.name == "arrays") {
    if (s.value != "full" && s.value != "null" && s.value != "missing")
      refuse(s, "expected full, null or missing");
    out.arrays = s.value;
  } else {
    refuse(s, "there is no such setting");
  }
}

}  // namespace

Settings read_settings(std::span<const VendorSetting> settings, bool limits) {
  Settings out;
  for (const VendorSetting &setting : settings)
    if (setting.vendor == "twelvedata") read(setting, out);
  if (!limits) {
    out.per_minute = std::numeric_limits<std::int32_t>::max();
    out.per_day = 0;
  }
  return out;
}

}  // namespace tapedeck::sim::twelvedata
