#include "ingest/backfill.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <mutex>
#include <thread>

#include "ingest/chunk_queue.hpp"
#include "ingest/store_writer.hpp"

namespace tapedeck {
namespace {

// One source with its instances and the pages it is to be asked for.
struct SourceRun {
  std::string name;
  std::vector<std::unique_ptr<Provider>> providers;
  std::unique_ptr<ChunkQueue> queue;
};

bool has_work(const SeriesPlan &plan) { return !plan.chunks.empty() || !plan.closed.empty(); }

class Run {
 public:
  Run(const std::vector<SeriesPlan> &plans, const BackfillPorts &ports,
      const BackfillSettings &settings, BackfillProgress &progress, Clock &clock,
      const CancelSource &cancel)
      : plans_(plans),
        ports_(ports),
        settings_(settings),
        progress_(progress),
        clock_(clock),
        cancel_(cancel),
        evidence_(plans.size()) {}

  BackfillReport run() {
    open();
    commit_closed_sessions();
    for (int round = 0; round < settings_.rounds && !cancel_.cancelled(); ++round) {
      if (round > 0 && !begin_round(round)) break;
      run_round();
    }
    finish_writers();
    return report();
  }

 private:
  void open();
  void open_source(const SeriesPlan &plan);
  void open_writer(const SeriesPlan &plan);
  void add_chunks(std::size_t index);
  void commit_closed_sessions();
  bool begin_round(int round);
  void run_round();
  void work(SourceRun &source, Provider &provider, std::uint64_t seed);
  void ask_pages(ChunkQueue &queue, Provider &provider, std::uint64_t seed);
  void learn_earliest(Provider &provider, std::size_t series);
  void finish_writers();
  void note(const ChunkResult &page);
  BackfillReport report() const;

  const std::vector<SeriesPlan> &plans_;
  const BackfillPorts &ports_;
  const BackfillSettings &settings_;
  BackfillProgress &progress_;
  Clock &clock_;
  const CancelSource &cancel_;
  std::vector<Evidence> evidence_;
  std::mutex forming_mutex_;
  std::map<std::size_t, Nanos> forming_;  // by series
  std::map<std::string, SourceRun> sources_;
  StoreWriter::Versions versions_;  // complete before the first writer reads it
  std::map<std::string, std::unique_ptr<StoreWriter>> writers_;
};

// Whatever cannot be opened is known before the first question.
void Run::open() {
  for (const auto &plan : plans_)
    if (has_work(plan)) versions_.try_emplace(plan.source, ports_.source_version(plan.source));
  for (const auto &plan : plans_) {
    if (has_work(plan)) open_writer(plan);
    if (!plan.chunks.empty()) open_source(plan);
  }
  for (std::size_t i = 0; i < plans_.size(); ++i)
    if (!plans_[i].chunks.empty()) add_chunks(i);
}

void Run::open_source(const SeriesPlan &plan) {
  SourceRun &source = sources_[plan.source];
  source.name = plan.source;
  if (!source.queue) source.queue = std::make_unique<ChunkQueue>(settings_.give_up_after);
  while (source.providers.size() < static_cast<std::size_t>(std::max(plan.parallel, 1)))
    source.providers.push_back(ports_.open_provider(plan.source));
}

void Run::open_writer(const SeriesPlan &plan) {
  auto &writer = writers_[plan.storage];
  if (!writer)
    writer = std::make_unique<StoreWriter>(ports_.open_storage(plan.storage), plans_, versions_,
                                           progress_, clock_);
}

void Run::add_chunks(std::size_t index) {
  const SeriesPlan &plan = plans_[index];
  SourceRun &source = sources_[plan.source];
  if (plan.start_unknown) learn_earliest(*source.providers.front(), index);
  for (const auto &range : plan.chunks)
    source.queue->add({index, range, tries_so_far(plan.failed, range)});
  progress_.chunks_total += plan.chunks.size();
  progress_.slots_total += static_cast<std::uint64_t>(plan.slots_missing);
}

// Saves asking page by page for the years before a listing. Not knowing costs only requests, so
// what goes wrong here is left to the pages to say.
void Run::learn_earliest(Provider &provider, std::size_t series) {
  try {
    VendorProbe vendor(provider, settings_.fetch.call_timeout, clock_, cancel_);
    if (const auto first = vendor.earliest(plans_[series].series))
      evidence_[series].learn_first(*first);
  } catch (const std::exception &) {
    return;
  }
}

void Run::commit_closed_sessions() {
  for (std::size_t i = 0; i < plans_.size(); ++i) {
    if (plans_[i].closed.empty()) continue;
    StoreWriter &writer = *writers_.at(plans_[i].storage);
    auto result = writer.take_result();
    result->start({i, {}});  // no page of the vendor's
    result->fetched_at = clock_.now_ns();
    for (const auto &range : plans_[i].closed.ranges()) {
      LedgerEntry e;
      e.state = CoverageState::Closed;
      e.range = range;
      result->ledger.push_back(e);
    }
    writer.submit(std::move(result));  // refused: finish_writers() says why
  }
}

bool Run::begin_round(int round) {
  std::size_t chunks = 0;
  for (auto &[name, source] : sources_) chunks += source.queue->begin_round();
  if (chunks == 0) return false;
  const CancelToken token(cancel_);
  return clock_.sleep_ns(settings_.round_pause << (round - 1), token.raw()) == TDK_OK;
}

// jthreads: when one cannot be started, those that run are waited for.
void Run::run_round() {
  std::vector<std::jthread> workers;
  std::uint64_t seed = settings_.seed;
  for (auto &[name, source] : sources_)
    for (auto &provider : source.providers)
      workers.emplace_back(
          [this, &s = source, &p = *provider, seed = ++seed] { work(s, p, seed); });
}

void Run::work(SourceRun &source, Provider &provider, std::uint64_t seed) {
  try {
    ask_pages(*source.queue, provider, seed);
  } catch (const std::exception &e) {
    if (!cancel_.cancelled()) source.queue->stop("asking " + source.name + ": " + e.what());
  }
}

void Run::ask_pages(ChunkQueue &queue, Provider &provider, std::uint64_t seed) {
  ChunkFetcher fetcher(provider, settings_.fetch, clock_, cancel_, seed);
  while (!cancel_.cancelled()) {
    const auto chunk = queue.next();
    if (!chunk) return;
    const SeriesPlan &plan = plans_[chunk->series];
    StoreWriter &writer = *writers_.at(plan.storage);
    if (writer.failed()) continue;  // a dead store's pages are not asked for, those of others are
    auto result = writer.take_result();
    result->start(*chunk);
    fetcher.fetch(plan, evidence_[chunk->series], *result);  // throws when cancelled: stays unasked
    if (result->failure)
      queue.failed(*chunk, *result->failure);
    else
      queue.succeeded(*chunk);
    note(*result);
    writer.submit(std::move(result));
  }
}

void Run::note(const ChunkResult &page) {
  progress_.closed_rows += page.closed_rows;
  if (!page.forming) return;
  std::lock_guard lock(forming_mutex_);
  const auto [first, is_new] = forming_.emplace(page.chunk.series, *page.forming);
  if (!is_new) first->second = std::min(first->second, *page.forming);
}

void Run::finish_writers() {
  std::optional<Error> first;
  for (auto &[name, writer] : writers_) try {
      writer->finish();
    } catch (const Error &e) {
      if (!first) first = e;
    }
  if (first) throw Error(*first);
}

BackfillReport Run::report() const {
  BackfillReport report;
  report.cancelled = cancel_.cancelled();
  for (const auto &[name, source] : sources_) {
    if (const auto reason = source.queue->stopped()) report.stopped.push_back({name, *reason});
    for (const auto &[series, reason] : source.queue->skipped())
      report.skipped.push_back({plans_[series].series.name(), name, reason});
  }
  for (const auto &[series, from] : forming_) report.forming.push_back({plans_[series].series, plans_[series].source, from});
  return report;
}

}  // namespace

BackfillReport run_backfill(const std::vector<SeriesPlan> &plans, const BackfillPorts &ports,
                            const BackfillSettings &settings, BackfillProgress &progress,
                            Clock &clock, const CancelSource &cancel) {
  return Run(plans, ports, settings, progress, clock, cancel).run();
}

}  // namespace tapedeck
