#include "live/history_runner.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>

#include "observe/log.hpp"

namespace tapedeck {
namespace {

constexpr Nanos kLookAgain = 100'000'000, kPatience = 15 * kSecond;
constexpr Nanos kFirstPause = kMinute, kLongestPause = kHour;

}  // namespace

HistoryRunner::HistoryRunner(const PipelineConfig &pipeline, LivePorts ports, KeptFrom kept_from, std::function<bool()> may_begin)
    : pipeline_(pipeline),
      ports_(std::move(ports)),
      kept_from_(std::move(kept_from)),
      may_begin_(std::move(may_begin)),
      thread_([this] { run(); }) {}

HistoryRunner::~HistoryRunner() { stop(); }

void HistoryRunner::cancel() { cancel_.cancel(); }

void HistoryRunner::stop() {
  cancel();
  if (thread_.joinable()) thread_.join();
}

bool HistoryRunner::sleep(Nanos time) {
  const CancelToken token(cancel_);
  return ports_.clock->sleep_ns(time, token.raw()) == TDK_OK;
}

void HistoryRunner::run() {
  for (Nanos waited = 0; waited < kPatience && !may_begin_(); waited += kLookAgain)
    if (!sleep(kLookAgain)) return;
  for (Nanos pause = kFirstPause; !cancel_.cancelled(); pause = std::min(pause * 2, kLongestPause)) {
    try {
      if (run_once()) return;
    } catch (const std::exception &e) {
      if (cancel_.cancelled()) return;
      log(LogLevel::Warn, "backfill", pipeline_.name + ": " + e.what() + "; tried again in " + format_duration(pause));
    }
    if (!sleep(pause)) return;
  }
}

std::vector<SeriesPlan> HistoryRunner::plans() const {
  const Nanos now = ports_.clock->now_ns();
  PlanFilter filter;
  filter.pipeline = pipeline_.name;
  const CancelToken token(cancel_);
  auto out = Planner(*ports_.config, now).wishes(filter);
  const auto storage = ports_.open_storage(pipeline_.storage.name);
  for (auto &plan : out) {
    if (kept_from_) leave_to_the_live_side(plan);
    if (plan.wanted.from < plan.wanted.to) Planner::subtract_ledger(plan, *storage, ports_.info_of(plan.source), token.raw());
  }
  return out;
}

// What both asked for would be asked for twice.
void HistoryRunner::leave_to_the_live_side(SeriesPlan &plan) const {
  const auto from = kept_from_(plan.series);
  if (!from) throw Error(TDK_UNAVAILABLE, "the ledger of " + plan.series.name() + " was not read yet");
  plan.wanted.to = std::min(plan.wanted.to, *from);
}

bool HistoryRunner::run_once() {
  const auto before = plans();
  std::int64_t missing = 0;
  for (const auto &p : before) missing += p.slots_missing;
  if (missing > 0) log(LogLevel::Info, "backfill", pipeline_.name + ": " + std::to_string(missing) + " candles to ask for");
  BackfillPorts ports;
  ports.open_provider = [this](const std::string &s) { return ports_.open_provider(s, Priority::Backfill); };
  ports.open_storage = ports_.open_storage;
  ports.source_version = ports_.version_of;
  BackfillProgress progress;
  BackfillSettings settings;
  settings.seed = static_cast<std::uint64_t>(ports_.clock->now_ns());
  ports.info_of = ports_.info_of;
  const auto report = run_along_sources(before, ports, settings, progress, *ports_.clock, cancel_);
  for (const auto &s : report.stopped) log(LogLevel::Warn, "backfill", pipeline_.name + ": stopped asking " + s.source + ": " + s.reason);
  for (const auto &s : report.skipped)
    log(LogLevel::Warn, "backfill", pipeline_.name + ": stopped asking " + s.source + " for " + s.series + ": " + s.reason);
  if (progress.chunks_total == 0 && !report.cancelled) return true;
  log(LogLevel::Info, "backfill", pipeline_.name + ": " + std::to_string(progress.rows) + " rows, " +
                                      std::to_string(progress.chunks_failed) + " pages failed");
  if (progress.closed_rows > 0)
    log(LogLevel::Warn, "backfill", pipeline_.name + ": left out " + std::to_string(progress.closed_rows) +
                                        " rows of time when the calendar has the market closed");
  return !report.cancelled && progress.chunks_failed == 0 && report.stopped.empty();
}

}  // namespace tapedeck
