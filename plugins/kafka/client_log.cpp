#include "client_log.hpp"

#include <syslog.h>

#include "broker_errors.hpp"

namespace tapedeck::kafka {
namespace {

constexpr std::int64_t kMinute = 60'000'000'000;
constexpr int kLinesAMinute = 20;

// "[thrd:sasl_ssl://h:1/1]: h:1/1: Connect failed (after 3ms in state CONNECT)" without thread and state.
std::string_view core_of(std::string_view text) {
  if (const auto end = text.find("]: "); text.starts_with("[thrd:") && end != std::string_view::npos) text.remove_prefix(end + 3);
  return text.substr(0, text.find(" (after "));
}

// Without its figures.
std::string kind_of(std::string_view core) {
  std::string out;
  for (const char c : core)
    if (c < '0' || c > '9') out += c;
  return out;
}

int level_of(int syslog_level) {
  if (syslog_level <= LOG_CRIT) return TDK_LOG_ERROR;
  if (syslog_level <= LOG_WARNING) return TDK_LOG_WARN;
  return syslog_level <= LOG_INFO ? TDK_LOG_INFO : TDK_LOG_DEBUG;
}

}  // namespace

bool ClientLog::may_say(const std::string &kind, std::int64_t now) {
  if (now - minute_ >= kMinute) {
    minute_ = now;
    lines_ = 0;
    std::erase_if(said_, [now](const auto &s) { return now - s.second >= kMinute; });
  }
  if (lines_ >= kLinesAMinute || !said_.emplace(kind, now).second) {
    ++left_out_;
    return false;
  }
  ++lines_;
  return true;
}

void ClientLog::take(int level, std::string_view text) {
  std::string line = printable(core_of(text));
  const std::int64_t now = host_.monotonic();
  {
    const std::lock_guard lock(mutex_);
    if (level <= LOG_WARNING) {
      trouble_ = line;
      trouble_at_ = now;
    }
    if (!may_say(kind_of(line), now)) return;
    if (left_out_ > 0) line += " (" + std::to_string(left_out_) + " lines left out before)";
    left_out_ = 0;
  }
  host_.log(level_of(level), "kafka: " + line);
}

std::string ClientLog::last_trouble(std::int64_t since) const {
  const std::lock_guard lock(mutex_);
  return trouble_at_ >= since ? trouble_ : std::string();
}

}  // namespace tapedeck::kafka
