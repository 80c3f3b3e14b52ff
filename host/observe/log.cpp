#include "observe/log.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <cstdlib>
#include <memory>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "market/time.hpp"

namespace tapedeck {
namespace {

constexpr std::array<std::string_view, 6> kLevels = {"trace", "debug", "info", "warn", "error", "off"};
constexpr std::size_t kMessageMax = 2000;

bool &json_lines() {
  static bool json = false;
  return json;
}

std::shared_ptr<spdlog::logger> make_logger(const LogSettings &settings) {
  const bool plain = std::getenv("NO_COLOR") != nullptr || settings.json;
  auto logger = std::make_shared<spdlog::logger>(
      "tapedeck", std::make_shared<spdlog::sinks::stderr_color_sink_mt>(
                      plain ? spdlog::color_mode::never : spdlog::color_mode::automatic));
  logger->set_pattern(settings.json ? "%v" : "%Y-%m-%dT%H:%M:%S.%eZ %^%-5l%$ %v", spdlog::pattern_time_type::utc);
  logger->set_level(static_cast<spdlog::level::level_enum>(
      settings.level == LogLevel::Off ? spdlog::level::off : static_cast<int>(settings.level)));
  return logger;
}

// Not spdlog's default one: that is made at its first use, inside a library that TSan cannot see into. Never
// destroyed: a plugin that does not come back may still log while the process ends.
std::shared_ptr<spdlog::logger> &current() {
  static auto &logger = *new std::shared_ptr<spdlog::logger>(make_logger({}));
  return logger;
}

std::string as_json(LogLevel level, std::string_view component, std::string_view message,
                    const LogFields &fields) {
  const Nanos now = system_clock().now_ns();
  std::string out = "{\"time\":\"" + format_time(now - now % 1'000'000) + "\",\"level\":\"";
  out += kLevels[static_cast<std::size_t>(level)];
  out += "\",\"component\":" + json_quoted(component) + ",\"message\":" + json_quoted(message);
  for (const auto &[key, value] : fields) out += "," + json_quoted(key) + ":" + json_quoted(value);
  return out + "}";
}

std::string as_text(std::string_view component, std::string_view message, const LogFields &fields) {
  std::string out = std::string(component) + ": " + printable(message, kMessageMax);
  for (const auto &[key, value] : fields)
    out += " " + printable(key, 60) + "=" + printable(value, kMessageMax);
  return out;
}

}  // namespace

bool parse_log_level(std::string_view text, LogLevel &out) {
  for (std::size_t i = 0; i < kLevels.size(); ++i)
    if (kLevels[i] == text) {
      out = static_cast<LogLevel>(i);
      return true;
    }
  return false;
}

void start_log(const LogSettings &settings) {
  json_lines() = settings.json;
  current() = make_logger(settings);
}

bool log_enabled(LogLevel level) { return current()->should_log(static_cast<spdlog::level::level_enum>(level)); }

void log(LogLevel level, std::string_view component, std::string_view message, const LogFields &fields) {
  if (!log_enabled(level)) return;
  const std::string line = json_lines() ? as_json(level, component, message, fields)
                                        : as_text(component, message, fields);
  current()->log(static_cast<spdlog::level::level_enum>(level),
                 spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace tapedeck
