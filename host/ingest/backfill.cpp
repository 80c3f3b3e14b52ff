#include "ingest/backfill.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>
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

class Run {
 public:
  Run(const std::vector<SeriesPlan> &plans, const BackfillPorts &ports, const BackfillSettings &settings,
      BackfillProgress &progress, Clock &clock, const CancelSource &cancel)
      : plans_(plans), ports_(ports), settings_(settings), progress_(progress), clock_(clock),
        cancel_(cancel), evidence_(plans.size()) {}

  BackfillReport run() {
    open();
    commit_closed_sessions();
    for (int round = 0; round < settings_.rounds && !cancel_.cancelled(); ++round) {
      if (round > 0 && !begin_round(round)) break;
      run_round();
    }
    for (auto &[name, writer] : writers_) writer->finish();
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
  void learn_earliest(Provider &provider, std::size_t series);
  bool writing_failed() const;
  BackfillReport report() const;

  const std::vector<SeriesPlan> &plans_;
  const BackfillPorts &ports_;
  const BackfillSettings &settings_;
  BackfillProgress &progress_;
  Clock &clock_;
  const CancelSource &cancel_;
  std::vector<Evidence> evidence_;
  std::map<std::string, SourceRun> sources_;
  std::map<std::string, std::unique_ptr<StoreWriter>> writers_;
};

void Run::open() {
  for (std::size_t i = 0; i < plans_.size(); ++i) {
    if (plans_[i].chunks.empty() && plans_[i].closed.empty()) continue;
    open_writer(plans_[i]);
    if (plans_[i].chunks.empty()) continue;
    open_source(plans_[i]);
    add_chunks(i);
  }
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
    writer = std::make_unique<StoreWriter>(ports_.open_storage(plan.storage), plans_,
                                           ports_.source_version(plan.source), progress_, clock_);
}

void Run::add_chunks(std::size_t index) {
  const SeriesPlan &plan = plans_[index];
  SourceRun &source = sources_[plan.source];
  if (plan.start_unknown) learn_earliest(*source.providers.front(), index);
  for (const auto &range : plan.chunks) source.queue->add({index, range});
  progress_.chunks_total += plan.chunks.size();
  progress_.slots_total += static_cast<std::uint64_t>(plan.slots_missing);
}

// Saves asking page by page for the years before a listing. Not knowing costs only requests.
void Run::learn_earliest(Provider &provider, std::size_t series) {
  if ((provider.info().capabilities & TDK_CAP_EARLIEST) == 0) return;
  try {
    const CancelToken token(cancel_, settings_.fetch.call_timeout, clock_);
    if (const auto first = provider.earliest(plans_[series].series, token.raw()))
      evidence_[series].learn_earliest(*first);
  } catch (const Error &) {
    if (cancel_.cancelled()) throw;
  }
}

void Run::commit_closed_sessions() {
  for (std::size_t i = 0; i < plans_.size(); ++i) {
    for (const auto &range : plans_[i].closed.ranges()) {
      auto result = std::make_unique<ChunkResult>();
      result->series = i;
      result->range = {range.from, range.from};  // no page of the vendor's
      result->fetched_at = clock_.now_ns();
      LedgerEntry e;
      e.state = CoverageState::Closed;
      e.range = range;
      result->ledger.push_back(e);
      writers_.at(plans_[i].storage)->submit(std::move(result));
    }
  }
}

bool Run::begin_round(int round) {
  std::size_t chunks = 0;
  for (auto &[name, source] : sources_) chunks += source.queue->begin_round();
  if (chunks == 0) return false;
  const CancelToken token(cancel_);
  return clock_.sleep_ns(settings_.round_pause << (round - 1), token.raw()) == TDK_OK;
}

void Run::run_round() {
  std::vector<std::thread> workers;
  std::uint64_t seed = settings_.seed;
  for (auto &[name, source] : sources_)
    for (auto &provider : source.providers)
      workers.emplace_back([this, &s = source, &p = *provider, seed = ++seed] { work(s, p, seed); });
  for (auto &w : workers) w.join();
}

void Run::work(SourceRun &source, Provider &provider, std::uint64_t seed) {
  ChunkFetcher fetcher(provider, settings_.fetch, clock_, cancel_, seed);
  while (!cancel_.cancelled() && !writing_failed()) {
    const auto chunk = source.queue->next();
    if (!chunk) return;
    const SeriesPlan &plan = plans_[chunk->series];
    StoreWriter &writer = *writers_.at(plan.storage);
    auto result = writer.take_result();
    result->series = chunk->series;
    try {
      fetcher.fetch(plan, chunk->range, evidence_[chunk->series], *result);
    } catch (const Error &) {
      return;  // cancelled: the page stays unasked
    } catch (const std::exception &e) {
      return source.queue->stop(std::string("asking ") + source.name + ": " + e.what());
    }
    if (result->failure)
      source.queue->failed(*chunk, *result->failure);
    else
      source.queue->succeeded();
    if (!writer.submit(std::move(result))) return;
  }
}

bool Run::writing_failed() const {
  return std::any_of(writers_.begin(), writers_.end(), [](const auto &w) { return w.second->failed(); });
}

BackfillReport Run::report() const {
  BackfillReport report;
  report.cancelled = cancel_.cancelled();
  for (const auto &[name, source] : sources_)
    if (const auto reason = source.queue->stopped()) report.stopped.push_back({name, *reason});
  return report;
}

}  // namespace

BackfillReport run_backfill(const std::vector<SeriesPlan> &plans, const BackfillPorts &ports,
                            const BackfillSettings &settings, BackfillProgress &progress, Clock &clock,
                            const CancelSource &cancel) {
  return Run(plans, ports, settings, progress, clock, cancel).run();
}

}  // namespace tapedeck
