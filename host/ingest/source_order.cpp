#include "ingest/source_order.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "base/text.hpp"
#include "observe/log.hpp"

namespace tapedeck {
namespace {

class Descent {
 public:
  Descent(std::vector<SeriesPlan> plans, const BackfillPorts &ports, const CancelSource &cancel)
      : plans_(std::move(plans)), ports_(ports), cancel_(cancel) {}

  const std::vector<SeriesPlan> &plans() const noexcept { return plans_; }
  void leave_forming(const std::vector<StillForming> &forming);
  bool descend();  // to the sources that come next; false when none of them has anything to be asked for

 private:
  Storage &storage(const std::string &name);
  bool pass_on(SeriesPlan &plan);
  void say(const SeriesPlan &plan, const std::string &before, const tdk_cancel *cancel);

  std::vector<SeriesPlan> plans_;
  const BackfillPorts &ports_;
  const CancelSource &cancel_;
  std::map<std::string, std::unique_ptr<Storage>> storages_;
};

void Descent::leave_forming(const std::vector<StillForming> &forming) {
  for (auto &plan : plans_)
    for (const auto &f : forming)
      if (f.series == plan.series && f.source == plan.source) plan.wanted.to = std::min(plan.wanted.to, f.from);
}

Storage &Descent::storage(const std::string &name) {
  auto &open = storages_[name];
  if (!open) open = ports_.open_storage(name);
  return *open;
}

// To its next source that has something to be asked for; false: there is none.
bool Descent::pass_on(SeriesPlan &plan) {
  const CancelToken token(cancel_);
  while (plan.rank + 1 < plan.sources.size() && !plan.wanted.empty()) {
    const std::string before = std::exchange(plan.source, plan.sources[++plan.rank]);
    Planner::subtract_ledger(plan, storage(plan.storage), ports_.info_of(plan.source), token.raw());
    if (plan.chunks.empty()) continue;
    say(plan, before, token.raw());
    return true;
  }
  return false;
}

void Descent::say(const SeriesPlan &plan, const std::string &before, const tdk_cancel *cancel) {
  const auto ledger = storage(plan.storage).coverage(plan.series, before, plan.wanted, cancel);
  const auto failed = std::find_if(ledger.begin(), ledger.end(), [](const LedgerEntry &e) { return !settles(e.state); });
  const bool failure = failed != ledger.end();
  log(failure ? LogLevel::Warn : LogLevel::Info, "backfill",
      plan.series.name() + ": " + std::to_string(plan.slots_missing) + " candles are asked of " + plan.source + ": " + before +
          (failure ? " failed: " + printable(failed->reason, 300) : " does not have them"));
}

bool Descent::descend() {
  std::vector<SeriesPlan> next;
  for (auto &plan : plans_)
    if (pass_on(plan)) next.push_back(std::move(plan));
  plans_ = std::move(next);
  return !plans_.empty();
}

void add(BackfillReport &to, BackfillReport from) {
  const auto append = [](auto &a, auto &b) { a.insert(a.end(), std::make_move_iterator(b.begin()), std::make_move_iterator(b.end())); };
  append(to.stopped, from.stopped);
  append(to.skipped, from.skipped);
  append(to.forming, from.forming);
  to.cancelled = from.cancelled;
}

}  // namespace

BackfillReport run_along_sources(std::vector<SeriesPlan> plans, const BackfillPorts &ports, const BackfillSettings &settings,
                                 BackfillProgress &progress, Clock &clock, const CancelSource &cancel) {
  Descent descent(std::move(plans), ports, cancel);
  BackfillReport report;
  do {
    BackfillReport part = run_backfill(descent.plans(), ports, settings, progress, clock, cancel);
    descent.leave_forming(part.forming);
    add(report, std::move(part));
  } while (!report.cancelled && descent.descend());
  return report;
}

}  // namespace tapedeck
