#include "plugins/probe.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <system_error>

#include "plugins/child_process.hpp"
#include "plugins/probe_report.hpp"

namespace tapedeck {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kSlice{20};      // how late we notice an end that did not close the pipe
constexpr int kStarvedAtMost = 12;      // a minute for the five seconds of a probe
constexpr milliseconds kExitTime{500};  // from the last word to the end of the process

std::string in_stage(const std::string &stage) {
  if (stage == "load") return "in its static constructors";
  if (stage == "entry") return "in its entry function";
  if (stage == "start") return "before it loaded the file";
  return "in " + stage;
}

std::string signal_name(int signal) {
  const char *name = sigabbrev_np(signal);
  return name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

std::string seconds_text(milliseconds t) {
  if (t.count() % 1000 == 0) return std::to_string(t.count() / 1000) + " s";
  return std::to_string(t.count()) + " ms";
}

// Listens until the child ends, or a limit passes; says which limit it was, zero for none. The time in which a busy
// machine did not let the child run is none of the plugin's.
milliseconds listen(ChildProcess &child, ProbeReport &report, milliseconds limit) {
  const auto began = Clock::now();
  const auto own_time = [&] {
    const auto passed = std::chrono::duration_cast<milliseconds>(Clock::now() - began);
    return std::max(passed - child.starved(), passed / kStarvedAtMost);
  };
  auto stage_started = milliseconds(0);
  for (std::size_t stages = 0;;) {
    std::string bytes;
    const bool open = child.read(bytes, kSlice);
    report.feed(bytes);
    const auto now = own_time();
    if (report.finished() || !open) return milliseconds(0);
    if (bytes.empty() && child.ended(milliseconds(0))) return milliseconds(0);
    if (report.stages() != stages) stage_started = now;
    stages = report.stages();
    const milliseconds stage_limit(report.stage_limit_ms());
    if (stage_limit.count() > 0 && now - stage_started > stage_limit) return stage_limit;
    if (now > limit) return limit;
  }
}

std::string how_it_hung(const ProbeReport &report, milliseconds limit) {
  if (report.stage_limit_ms() > 0 && limit == milliseconds(report.stage_limit_ms()))
    return "ignored its cancelled token in " + report.stage() + " (killed after " +
           seconds_text(limit) + ")";
  return "hung " + in_stage(report.stage()) + " (killed after " + seconds_text(limit) + ")";
}

std::string how_it_ended(const ProbeReport &report, int status) {
  const std::string where = in_stage(report.stage());
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU) return "hung " + where + " (CPU limit)";
  if (WIFSIGNALED(status)) return "crashed (" + signal_name(WTERMSIG(status)) + ") " + where;
  return "called exit(" + std::to_string(WEXITSTATUS(status)) + ") " + where;
}

ProbeVerdict failed(const ProbeReport &report, std::string reason) {
  ProbeVerdict verdict;
  verdict.stage = report.stage();
  verdict.reason = std::move(reason);
  verdict.warnings = report.verdict().warnings;
  // A child that never spoke was not ours to begin with: a wrong executable, no memory.
  verdict.certain = report.stages() > 0;
  if (!verdict.certain) verdict.reason = "could not be probed: the probe " + verdict.reason;
  return verdict;
}

}  // namespace

ProbeVerdict probe_plugin(const std::filesystem::path &file, const ProbeSettings &settings) {
  std::vector<std::string> argv{settings.executable.string()};
  argv.insert(argv.end(), settings.arguments.begin(), settings.arguments.end());
  argv.push_back(file.string());
  ProbeReport report;
  try {
    ChildProcess child(argv, kProbeReportFd);
    const auto passed_limit = listen(child, report, settings.limit);
    if (report.finished()) return report.verdict();
    if (passed_limit.count() > 0) return failed(report, how_it_hung(report, passed_limit));
    if (!child.ended(kExitTime))
      return failed(report, "closed its report " + in_stage(report.stage()));
    return failed(report, how_it_ended(report, child.status()));
  } catch (const std::system_error &e) {
    return failed(report, e.what());
  }
}

}  // namespace tapedeck
