#include "live/repairer.hpp"

#include <tapedeck/layer/core.hpp>

#include <map>
#include <utility>

#include "observe/log.hpp"

namespace tapedeck {
namespace {

constexpr std::size_t kRangesOfAWorker = 16;

// The tracker asks again, later and later: here one try is enough.
FetchSettings one_try(Nanos call_timeout) {
  FetchSettings s;
  s.tries = 1;
  s.call_timeout = call_timeout;
  return s;
}

// The first times in a row, and then more and more seldom.
bool worth_saying(std::uint32_t tries) { return (tries & (tries - 1)) == 0; }

}  // namespace

// One thread's instances of the sources, opened when they are first asked.
class Repairer::Worker {
 public:
  explicit Worker(Repairer &repairer) : r_(repairer) {}

  void serve(const Job &job) {
    if (log_enabled(LogLevel::Debug))
      log(LogLevel::Debug, "repair", job.shard->series(job.what.series).name() + ": asking for " + format_time(job.what.range.from) +
                                         " to " + format_time(job.what.range.to) + " at " + format_time(r_.clock_.now_ns()));
    for (std::size_t i = 0; i < r_.settings_.sources.size(); ++i) {
      ChunkResult page = ask(job, i);
      const bool answered = !page.failure || page.failure->after == AfterFailure::NextRun;
      const bool last = i + 1 == r_.settings_.sources.size();
      if (!answered && !last) continue;
      if (page.failure) note(job, page);
      finish(job, r_.settings_.sources[i].index, std::move(page));
      return;
    }
  }

 private:
  struct Asking {
    std::unique_ptr<Provider> provider;
    std::unique_ptr<ChunkFetcher> fetcher;
  };

  ChunkFetcher &fetcher_of(const std::string &source) {
    Asking &asking = asking_[source];
    if (!asking.fetcher) {
      asking.provider = r_.open_(source);
      asking.fetcher = std::make_unique<ChunkFetcher>(*asking.provider, one_try(r_.settings_.call_timeout), r_.clock_, r_.cancel_,
                                                      static_cast<std::uint64_t>(r_.clock_.now_ns()));
    }
    return *asking.fetcher;
  }

  ChunkResult ask(const Job &job, std::size_t source) {
    const RepairSource &from = r_.settings_.sources[source];
    SeriesPlan plan;
    plan.pipeline = r_.settings_.pipeline;
    plan.series = job.shard->series(job.what.series);
    plan.source = from.name;
    plan.storage = r_.settings_.storage;
    plan.rank = from.rank;
    plan.calendar = r_.settings_.calendar;
    plan.wanted = job.what.range;
    ChunkResult page;
    page.chunk.range = job.what.range;
    page.chunk.tries = job.what.tries;
    try {
      Evidence evidence;  // of this answer only: what was so an hour ago need not be so now
      fetcher_of(from.name).fetch(plan, evidence, page);
    } catch (const Error &e) {
      if (e.code() == TDK_CANCELLED) throw;
      page.start(Chunk(page.chunk));
      page.failure = Failure{e.code(), e.what(), TDK_NULL_I64, 1, AfterFailure::AskAgain};
    }
    const auto asked = asking_.find(from.name);
    if (asked != asking_.end() && !(asked->second.provider && asked->second.provider->usable())) asking_.erase(asked);
    return page;
  }

  void note(const Job &job, const ChunkResult &page) const {
    if (page.failure->after == AfterFailure::NextRun) return;  // not closed at the vendor yet: usual
    log(worth_saying(job.what.tries) ? LogLevel::Warn : LogLevel::Debug, "repair",
        job.shard->series(job.what.series).name() + " from " + format_time(job.what.range.from) + " to " +
            format_time(job.what.range.to) + ": " + page.failure->reason + "; asked again later");
  }

  void finish(const Job &job, std::size_t source, ChunkResult page) {
    const bool nothing = page.ledger.empty() && page.candles.empty();
    if (nothing)
      job.shard->repair_failed(job.what);
    else
      job.shard->take_page(job.what, source, std::move(page));
  }

  Repairer &r_;
  std::map<std::string, Asking> asking_;
};

Repairer::Repairer(RepairerSettings settings, OpenProvider open, LiveCounts &counts, Clock &clock)
    : settings_(std::move(settings)), open_(std::move(open)), counts_(counts), clock_(clock) {}

Repairer::~Repairer() { stop(); }

void Repairer::add(LiveShard &shard, const std::vector<RepairRange> &ranges) {
  if (ranges.empty() || settings_.sources.empty()) return;
  std::lock_guard lock(mutex_);
  const std::uint64_t page = settings_.sources.front().candles_per_request;
  for (const RepairRange &r : ranges)
    for (const TimeRange part : split_chunks(RangeSet(r.range), {}, shard.series(r.series).interval, page))
      waiting_.push_back({&shard, {r.series, part, r.tries}});
  // Each worker has an instance of the vendor's plugin: another one is made for many ranges only.
  while (threads_.size() < settings_.workers && threads_.size() * kRangesOfAWorker < waiting_.size() + busy_)
    threads_.emplace_back([this] { work(); });
  changed_.notify_all();
}

std::optional<Repairer::Job> Repairer::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return cancel_.cancelled() || !waiting_.empty(); });
  if (cancel_.cancelled()) return std::nullopt;
  Job job = waiting_.front();
  waiting_.pop_front();
  ++busy_;
  ++counts_.repairs;
  return job;
}

void Repairer::work() {
  Worker worker(*this);
  while (auto job = next()) {
    try {
      worker.serve(*job);
    } catch (const std::exception &e) {
      if (!cancel_.cancelled()) log(LogLevel::Error, "repair", e.what());
      job->shard->repair_failed(job->what);
    }
    done();
  }
}

void Repairer::done() {
  std::lock_guard lock(mutex_);
  --busy_;
}

bool Repairer::idle() const {
  std::lock_guard lock(mutex_);
  return busy_ == 0 && waiting_.empty();
}

void Repairer::cancel() {
  std::lock_guard lock(mutex_);
  cancel_.cancel();
  changed_.notify_all();
}

void Repairer::stop() {
  cancel();
  for (auto &t : threads_) t.join();
  threads_.clear();
}

}  // namespace tapedeck
