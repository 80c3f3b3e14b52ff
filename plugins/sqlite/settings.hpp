// The options of one store, parsed.
#pragma once

#include <tapedeck/plugin.hpp>

#include <chrono>
#include <string>

namespace tapedeck::sqlite {

enum class Check { Auto, Always, Never };

struct Settings {
  explicit Settings(const Config &config);
  std::string path;
  bool synchronous_full = false;
  std::chrono::milliseconds busy_timeout{};
  int cache_mb = 0;
  Check check = Check::Auto;
  bool read_only = false;
};

inline constexpr tdk_option kOptions[] = {
    option("path", TDK_OPT_STRING, nullptr,
           "The database file. It is created when missing; its directory is not.",
           TDK_OPT_REQUIRED),
    option("synchronous", TDK_OPT_STRING, "normal",
           "normal: a commit survives kill -9. full: it survives power loss too, and is slower.", 0,
           "normal|full"),
    option("busy_timeout", TDK_OPT_DURATION, "5s",
           "How long to wait for another writer before a call fails with busy."),
    option("cache_mb", TDK_OPT_INT, "16", "Memory for pages, per instance, in MiB: 1 to 4096."),
    option("check", TDK_OPT_STRING, "auto",
           "Look for damage on open. auto: files up to 256 MiB, larger ones after a crash.", 0,
           "auto|always|never"),
    option("read_only", TDK_OPT_BOOL, "false",
           "Never write: no migration, no commit, no retention."),
};

}  // namespace tapedeck::sqlite
