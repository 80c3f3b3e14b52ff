// What the probe's child tells its parent: JSON lines on a pipe of their own, since a plugin may
// print.
//   {"stage":"fetch_candles","limit_ms":5000}   about to enter it; the parent kills it after that
//   {"module":{...}}                            what the module says of itself
//   {"warning":"..."}                           worth telling, no refusal
//   {"refused":"...","stage":"..."}             the child's verdict; or
//   {"passed":true}
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/probe.hpp"

namespace tapedeck {

inline constexpr int kProbeReportFd = 3;  // in the child

// Child side. Threads: one.
class ProbeReporter {
 public:
  explicit ProbeReporter(int fd) : fd_(fd) {}
  void enter(const std::string &stage, std::int64_t limit_ms = 0);  // 0: only the probe's own limit
  void module(const ModuleInfo &info);
  void warn(const std::string &text);
  void refuse(const std::string &reason);  // in the stage entered last
  void pass();

 private:
  void write_line(std::string_view json);
  int fd_;
  std::string stage_ = "start";
};

// Parent side: the lines that came so far. Threads: one.
class ProbeReport {
 public:
  void feed(std::string_view bytes);  // lines that are none of ours are skipped
  const std::string &stage() const { return stage_; }
  std::int64_t stage_limit_ms() const { return stage_limit_ms_; }
  std::size_t stages() const { return stages_; }
  bool finished() const { return finished_; }  // passed or refused
  // Only when finished.
  const ProbeVerdict &verdict() const { return verdict_; }

 private:
  void take(std::string_view line);
  std::string rest_;
  std::string stage_ = "start";
  std::int64_t stage_limit_ms_ = 0;
  std::size_t stages_ = 0;
  bool finished_ = false;
  ProbeVerdict verdict_;
};

}  // namespace tapedeck
