#include "settings.hpp"

#include "kit/storage/options.hpp"

namespace tapedeck::sqlite {
namespace {

Check parse_check(const kit::OptionText &option) {
  if (option.value == "auto") return Check::Auto;
  if (option.value == "always") return Check::Always;
  if (option.value == "never") return Check::Never;
  option.refuse("auto, always or never");
}

}  // namespace

Settings::Settings(const Config &config) {
  auto option = [&](const char *key, const char *fallback) {
    return kit::OptionText{"sqlite", key, config.get(key, fallback)};
  };
  path = config.get("path");
  synchronous_full = option("synchronous", "normal").choice("normal", "full", "normal or full");
  busy_timeout = option("busy_timeout", "5s").duration();
  cache_mb = option("cache_mb", "16").number(1, 4096, "a number of MiB from 1 to 4096");
  check = parse_check(option("check", "auto"));
  read_only = option("read_only", "false").choice("false", "true", "true or false");
  if (path.empty()) option("path", "").refuse("the file to keep the store in, e.g. market.db");
  if (path == ":memory:")
    option("path", "").refuse("a file: a store in memory could not be shared with its readers");
}

}  // namespace tapedeck::sqlite
