#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <cstdio>
#include <thread>

#include "app/commands.hpp"
#include "app/copy_stores.hpp"
#include "app/copy_text.hpp"
#include "app/exit_code.hpp"
#include "app/terminal.hpp"
#include "ingest/copy/store_copy.hpp"

namespace tapedeck {
namespace {

// Draws the progress from a thread of its own while the copy has the caller's.
class Ticker {
 public:
  Ticker(const CopyProgress &progress, bool quiet)
      : progress_(progress), display_(quiet), started_(system_clock().monotonic_ns()), thread_([this] { run(); }) {}
  ~Ticker() {
    stop_.cancel();
    thread_.join();
    display_.finish();
  }
  Nanos elapsed() const { return system_clock().monotonic_ns() - started_; }

 private:
  void run() {
    const CancelToken token(stop_);
    while (system_clock().sleep_ns(kSecond / 5, token.raw()) == TDK_OK) display_.draw(progress_, elapsed());
  }

  const CopyProgress &progress_;
  ProgressDisplay display_;
  const Nanos started_;
  CancelSource stop_;
  std::thread thread_;
};

struct Done {
  CopyReport report;
  Nanos elapsed = 0;
  std::vector<OutboxStat> left_behind;
};

Done copy(const ChosenStores &chosen, const CopyOptions &what, const tdk_cancel *cancel) {
  PretendClock clock(system_clock());
  OpenStore from(chosen.from, OpenStore::Use::Read, system_clock());
  OpenStore to(chosen.to, what.verify_only ? OpenStore::Use::Read : OpenStore::Use::Write, clock);
  CopyProgress progress;
  StoreCopy job({from.storage(), to.storage(), clock, system_clock(), cancel, progress});
  const Ticker ticker(progress, what.quiet);
  if (!what.verify_only) job.copy();
  Done done{job.compare(), 0, {}};
  done.elapsed = ticker.elapsed();
  if (!what.verify_only) done.left_behind = from.outbox(cancel);
  return done;
}

// The one thing that a copy leaves behind.
void say_what_stays(const ChosenStore &from, const std::vector<OutboxStat> &outbox) {
  for (const auto &stat : outbox)
    std::fprintf(stderr,
                 "tapedeck: the outbox of %s is not copied: for %s, %llu events wait in it and %llu are dead letters; its own host sends "
                 "them, `tapedeck outbox` lists them\n",
                 from.where.c_str(), stat.sink.c_str(), static_cast<unsigned long long>(stat.waiting),
                 static_cast<unsigned long long>(stat.dead));
}

// Why they are not equal, and what to do.
void advise(const CopyReport &report, bool verify_only) {
  std::fputs(copy_differences(report).c_str(), stderr);
  std::uint64_t missing = 0;
  for (const auto &p : report.parts) missing += p.missing.count;
  if (report.conflict())
    std::fputs("tapedeck: nothing was overwritten; copy into an empty store, or remove what stands there\n", stderr);
  else if (missing > 0 && !verify_only)
    std::fputs("tapedeck: what is not there came while the rest was copied; run it again, at last with no host on the old store\n", stderr);
  else if (missing == 0 && !report.equal())
    std::fputs("tapedeck: nothing of the first is missing in the second, which has more or learned later: it has gone on by itself\n", stderr);
}

}  // namespace

int cmd_copy(const CopyOptions &what) {
  const ChosenStores chosen = choose_stores(what);
  CancelSource cancel;
  SignalGuard guard(cancel);
  const CancelToken token(cancel);
  try {
    const Done done = copy(chosen, what, token.raw());
    std::fputs(copy_table(done.report).c_str(), stdout);
    std::puts(copy_summary(done.report, what.verify_only, done.elapsed).c_str());
    say_what_stays(chosen.from, done.left_behind);
    advise(done.report, what.verify_only);
    return done.report.equal() ? kExitOk : done.report.conflict() ? kExitError : kExitDifferent;
  } catch (const Error &e) {
    if (e.code() != TDK_CANCELLED) throw;
    std::fprintf(stderr, "tapedeck: interrupted; the same command goes on where this one stopped\n");
    return kExitError;
  }
}

}  // namespace tapedeck
