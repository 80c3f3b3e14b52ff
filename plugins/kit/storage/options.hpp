// Options of a storage as text, read or refused.
#pragma once

#include <chrono>
#include <string_view>

namespace kit {

// One option of a plugin: whose, which and what it says. All functions throw TDK_INVALID_ARGUMENT.
struct OptionText {
  const char *plugin, *key;
  std::string_view value;

  [[noreturn]] void refuse(const char *expected) const;
  // Up to 24h: "250ms", "5s", "1m".
  std::chrono::milliseconds duration() const;
  int number(int least, int most, const char *expected) const;
  // `yes` gives true, `no` false.
  bool choice(std::string_view no, std::string_view yes, const char *expected) const;
};

}  // namespace kit
