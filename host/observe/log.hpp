// The log: standard error, one line a message, text or JSON.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tapedeck {

enum class LogLevel { Trace, Debug, Info, Warn, Error, Off };

struct LogSettings {
  LogLevel level = LogLevel::Info;
  bool json = false;
};

// Nothing for an unknown word: trace, debug, info, warn, error, off.
bool parse_log_level(std::string_view text, LogLevel &out);
void start_log(const LogSettings &settings);  // before the first thread that logs

using LogFields = std::vector<std::pair<std::string_view, std::string_view>>;
// Threads: any. `component` is who speaks: "ingest", "binance". What strangers sent is made printable.
void log(LogLevel level, std::string_view component, std::string_view message, const LogFields &fields = {});
bool log_enabled(LogLevel level);

}  // namespace tapedeck
