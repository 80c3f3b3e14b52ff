// What librdkafka says, in the host's log.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <tapedeck/plugin.hpp>

namespace tapedeck::kafka {

// The same text is said once a minute, whatever the times and counts in it, and no more than twenty lines a minute in all:
// brokers that are away are told of by every thread that looks for them.
// Threads: any.
class ClientLog {
 public:
  explicit ClientLog(Host host) : host_(host) {}

  // `level` as syslog has them, `text` as librdkafka gives it.
  void take(int level, std::string_view text);
  void say(int level, const std::string &text) const { host_.log(level, text); }

  // The last warning or error since that time of the host's monotonic clock; empty: none.
  std::string last_trouble(std::int64_t since) const;

 private:
  bool may_say(const std::string &kind, std::int64_t now);

  const Host host_;
  mutable std::mutex mutex_;
  std::map<std::string, std::int64_t> said_;  // kind of text, when
  std::int64_t minute_ = 0;                   // began
  int lines_ = 0, left_out_ = 0;              // in it
  std::string trouble_;
  std::int64_t trouble_at_ = 0;
};

}  // namespace tapedeck::kafka
