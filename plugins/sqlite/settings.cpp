#include "settings.hpp"

#include <charconv>

namespace tapedeck::sqlite {
namespace {

[[noreturn]] void refuse(const char *key, std::string_view value, const char *expected) {
  throw Error(TDK_INVALID_ARGUMENT, "reading the options of sqlite: " + std::string(key) + " is '" +
                                        std::string(value) + "'; give " + expected);
}

std::chrono::milliseconds unit_of(std::string_view unit) {
  using namespace std::chrono_literals;
  if (unit == "ms") return 1ms;
  if (unit == "s") return 1s;
  if (unit == "m") return 1min;
  if (unit == "h") return 1h;
  return 0ms;
}

std::chrono::milliseconds parse_duration(const char *key, std::string_view text) {
  int count = 0;
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), count);
  auto used = static_cast<std::size_t>(end - text.data());
  std::chrono::milliseconds unit = unit_of(text.substr(used));
  std::chrono::milliseconds longest = std::chrono::hours(24);
  if (failed != std::errc{} || count < 0 || unit.count() == 0 || count > longest / unit)
    refuse(key, text, "a duration up to 24h such as 250ms, 5s or 1m");
  return count * unit;
}

int parse_megabytes(std::string_view text) {
  int value = 0;
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size() || value < 1 || value > 4096)
    refuse("cache_mb", text, "a number of MiB from 1 to 4096");
  return value;
}

Check parse_check(std::string_view text) {
  if (text == "auto") return Check::Auto;
  if (text == "always") return Check::Always;
  if (text == "never") return Check::Never;
  refuse("check", text, "auto, always or never");
}

bool parse_choice(const char *key, std::string_view text, std::string_view no, std::string_view yes,
                  const char *expected) {
  if (text != no && text != yes) refuse(key, text, expected);
  return text == yes;
}

}  // namespace

Settings::Settings(const Config &config)
    : path(config.get("path")),
      synchronous_full(parse_choice("synchronous", config.get("synchronous", "normal"), "normal",
                                    "full", "normal or full")),
      busy_timeout(parse_duration("busy_timeout", config.get("busy_timeout", "5s"))),
      cache_mb(parse_megabytes(config.get("cache_mb", "16"))),
      check(parse_check(config.get("check", "auto"))),
      read_only(parse_choice("read_only", config.get("read_only", "false"), "false", "true",
                             "true or false")) {
  if (path.empty()) refuse("path", path, "the file to keep the store in, e.g. market.db");
  if (path == ":memory:")
    refuse("path", path, "a file: a store in memory could not be shared with its readers");
}

}  // namespace tapedeck::sqlite
