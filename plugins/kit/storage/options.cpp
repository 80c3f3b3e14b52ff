#include "kit/storage/options.hpp"

#include <tapedeck/plugin.hpp>

#include <charconv>
#include <string>

namespace kit {
namespace {

std::chrono::milliseconds unit_of(std::string_view unit) {
  using namespace std::chrono_literals;
  if (unit == "ms") return 1ms;
  if (unit == "s") return 1s;
  if (unit == "m") return 1min;
  if (unit == "h") return 1h;
  return 0ms;
}

}  // namespace

void OptionText::refuse(const char *expected) const {
  throw tapedeck::Error(TDK_INVALID_ARGUMENT, "reading the options of " + std::string(plugin) + ": " + key +
                                                  " is '" + std::string(value) + "'; give " + expected);
}

std::chrono::milliseconds OptionText::duration() const {
  int count = 0;
  auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), count);
  auto used = static_cast<std::size_t>(end - value.data());
  std::chrono::milliseconds unit = unit_of(value.substr(used));
  std::chrono::milliseconds longest = std::chrono::hours(24);
  if (failed != std::errc{} || count < 0 || unit.count() == 0 || count > longest / unit)
    refuse("a duration up to 24h such as 250ms, 5s or 1m");
  return count * unit;
}

int OptionText::number(int least, int most, const char *expected) const {
  int number = 0;
  auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (failed != std::errc{} || end != value.data() + value.size() || number < least || number > most)
    refuse(expected);
  return number;
}

bool OptionText::choice(std::string_view no, std::string_view yes, const char *expected) const {
  if (value != no && value != yes) refuse(expected);
  return value == yes;
}

}  // namespace kit
