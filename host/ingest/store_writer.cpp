#include "ingest/store_writer.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <iterator>

namespace tapedeck {
namespace {
// With pauses of 0.4 s, 0.8 s, ... 25 s in all, and the store's own waiting besides.
constexpr int kBusyTries = 7;

// The store itself waited already: another process holds it for long, or its server is away.
bool passes(const Error &e) { return e.code() == TDK_BUSY || e.code() == TDK_UNAVAILABLE; }

// Alone, each page may fare better: one of them is bad, or all are too much for one statement's time.
bool is_of_the_batch(const Error &e) {
  return e.code() == TDK_NOT_SUPPORTED || e.code() == TDK_INVALID_ARGUMENT || e.code() == TDK_BAD_DATA ||
         e.code() == TDK_TIMEOUT;
}

// Else all of the page is still forming.
bool says_anything(const Commit &commit) { return !commit.ledger.empty(); }

}  // namespace

StoreWriter::StoreWriter(std::unique_ptr<Storage> storage, const std::vector<SeriesPlan> &plans,
                         const Versions &versions, BackfillProgress &progress, Clock &clock)
    : storage_(std::move(storage)),
      plans_(plans),
      versions_(versions),
      progress_(progress),
      clock_(clock),
      thread_([this] { run(); }) {}

StoreWriter::~StoreWriter() {
  queue_.close();
  if (thread_.joinable()) thread_.join();
}

bool StoreWriter::submit(std::unique_ptr<ChunkResult> &&result) {
  bool written = false;
  if (!queue_.push({std::move(result), &written})) return false;
  std::unique_lock lock(mutex_);
  progress_made_.wait(lock, [&] { return written || failed_; });
  return written;
}

std::unique_ptr<ChunkResult> StoreWriter::take_result() {
  std::lock_guard lock(mutex_);
  if (used_.empty()) return std::make_unique<ChunkResult>();
  auto result = std::move(used_.back());
  used_.pop_back();
  return result;
}

// Tells the producer that its page is written, and keeps the page for its memory.
void StoreWriter::release(Page page) {
  std::lock_guard lock(mutex_);
  *page.written = true;
  used_.push_back(std::move(page.result));
  progress_made_.notify_all();
}

void StoreWriter::finish() {
  queue_.close();
  if (thread_.joinable()) thread_.join();
  if (error_) throw Error(*error_);
}

void StoreWriter::run() {
  run_until_error();
  // Whoever waits for a page or for room in the queue must not wait for ever.
  queue_.close();
  std::lock_guard lock(mutex_);
  failed_ = error_.has_value();
  progress_made_.notify_all();
}

void StoreWriter::run_until_error() {
  try {
    while (auto page = queue_.pop()) write(take_waiting(std::move(*page)));
  } catch (const Error &e) {
    error_ = e;
  } catch (const std::exception &e) {
    error_ = Error(TDK_INTERNAL, std::string("writing to the store: ") + e.what());
  } catch (...) {
    error_ = Error(TDK_INTERNAL, "writing to the store: unknown exception");
  }
}

// `first`, and what has come in while the store was busy with the pages before.
std::vector<StoreWriter::Page> StoreWriter::take_waiting(Page first) {
  std::vector<Page> pages;
  std::size_t rows = first.result->candles.size();
  pages.push_back(std::move(first));
  while (together_ && pages.size() < kQueueLimit && rows < kRowsTogether) {
    auto page = queue_.try_pop();
    if (!page) break;
    rows += page->result->candles.size();
    pages.push_back(std::move(*page));
  }
  return pages;
}

void StoreWriter::write(std::vector<Page> pages) {
  std::vector<Commit> commits;
  for (const Page &page : pages) commits.push_back(commit_of(*page.result));
  const bool stored = commits.size() > 1 && commit_together(commits);
  for (std::size_t i = 0; i < pages.size(); ++i) {
    if (!stored && says_anything(commits[i])) commit_patiently([&] { return storage_->commit(commits[i]); });
    count(*pages[i].result);
    release(std::move(pages[i]));
  }
}

// False: not stored, and why is for each page alone to find out.
bool StoreWriter::commit_together(const std::vector<Commit> &commits) {
  CommitBatch batch;
  std::copy_if(commits.begin(), commits.end(), std::back_inserter(batch.commits), says_anything);
  if (batch.commits.size() < 2) return false;
  try {
    commit_patiently([&] { return storage_->commit_batch(batch); });
    return true;
  } catch (const Error &e) {
    if (!is_of_the_batch(e)) throw;
    together_ = false;
    return false;
  }
}

Commit StoreWriter::commit_of(const ChunkResult &result) const {
  const SeriesPlan &plan = plans_[result.chunk.series];
  Commit commit;
  commit.series = plan.series;
  commit.pipeline = plan.pipeline;
  commit.source = plan.source;
  commit.source_version = versions_.at(plan.source);
  commit.rank = plan.rank;
  commit.fetched_at = result.fetched_at;
  commit.candles = result.candles.empty() ? nullptr : &result.candles;
  commit.ledger = result.ledger;
  for (auto &e : commit.ledger) {
    e.source = plan.source;
    e.updated = result.fetched_at;
  }
  return commit;
}

void StoreWriter::count(const ChunkResult &result) {
  const Chunk &chunk = result.chunk;
  if (chunk.range.empty()) return;  // closed sessions: no page of the vendor's
  if (result.failure && !chunk.failed_before) progress_.chunks_failed += 1;
  if (!result.failure && chunk.failed_before) progress_.chunks_failed -= 1;
  if (!result.failure) progress_.chunks_done += 1;
  const Interval interval = plans_[chunk.series].series.interval;
  for (const auto &e : result.ledger)
    if (settles(e.state))
      progress_.slots_done += static_cast<std::uint64_t>(interval.count(e.range));
}

void StoreWriter::commit_patiently(const std::function<CommitResult()> &commit) {
  for (int attempt = 1;; ++attempt) try {
      const CommitResult done = commit();
      progress_.rows += done.inserted + done.updated;
      return;
    } catch (const Error &e) {
      if (!passes(e) || attempt == kBusyTries) throw;
      clock_.sleep_ns(kSecond / 5 << attempt, nullptr);
    }
}

}  // namespace tapedeck
