#include "ingest/store_writer.hpp"

#include <tapedeck/layer/core.hpp>

namespace tapedeck {
namespace {
// With pauses of 0.4 s, 0.8 s, ... 25 s in all, and the store's own waiting besides.
constexpr int kBusyTries = 7;
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
    while (auto page = queue_.pop()) {
      write(*page->result);
      release(std::move(*page));
    }
  } catch (const Error &e) {
    error_ = e;
  } catch (const std::exception &e) {
    error_ = Error(TDK_INTERNAL, std::string("writing to the store: ") + e.what());
  } catch (...) {
    error_ = Error(TDK_INTERNAL, "writing to the store: unknown exception");
  }
}

void StoreWriter::write(const ChunkResult &result) {
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
  // Nothing to say: all of the page is still forming.
  count(result, commit.ledger.empty() ? CommitResult{} : commit_patiently(commit));
}

void StoreWriter::count(const ChunkResult &result, const CommitResult &done) {
  progress_.rows += done.inserted + done.updated;
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

CommitResult StoreWriter::commit_patiently(const Commit &commit) {
  for (int attempt = 1;; ++attempt) try {
      return storage_->commit(commit);
    } catch (const Error &e) {
      // The store itself waited already: another process holds it for long, or its server is away.
      const bool passes = e.code() == TDK_BUSY || e.code() == TDK_UNAVAILABLE;
      if (!passes || attempt == kBusyTries) throw;
      clock_.sleep_ns(kSecond / 5 << attempt, nullptr);
    }
}

}  // namespace tapedeck
