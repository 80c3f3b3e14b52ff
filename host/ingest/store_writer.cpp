#include "ingest/store_writer.hpp"

#include <tapedeck/layer/core.hpp>

namespace tapedeck {
namespace {
constexpr int kBusyTries = 6;
}

StoreWriter::StoreWriter(std::unique_ptr<Storage> storage, const std::vector<SeriesPlan> &plans,
                         std::string source_version, BackfillProgress &progress, Clock &clock)
    : storage_(std::move(storage)),
      plans_(plans),
      source_version_(std::move(source_version)),
      progress_(progress),
      clock_(clock),
      thread_([this] { run(); }) {}

StoreWriter::~StoreWriter() {
  queue_.close();
  if (thread_.joinable()) thread_.join();
}

bool StoreWriter::submit(std::unique_ptr<ChunkResult> &&result) { return queue_.push(std::move(result)); }

std::unique_ptr<ChunkResult> StoreWriter::take_result() {
  std::lock_guard lock(mutex_);
  if (used_.empty()) return std::make_unique<ChunkResult>();
  auto result = std::move(used_.back());
  used_.pop_back();
  return result;
}

void StoreWriter::give_back(std::unique_ptr<ChunkResult> &&result) {
  std::lock_guard lock(mutex_);
  used_.push_back(std::move(result));
}

void StoreWriter::finish() {
  queue_.close();
  if (thread_.joinable()) thread_.join();
  if (error_) throw Error(*error_);
}

void StoreWriter::run() {
  try {
    while (auto result = queue_.pop()) {
      write(**result);
      give_back(std::move(*result));
    }
    return;
  } catch (const Error &e) {
    error_ = e;
  } catch (const std::exception &e) {
    error_ = Error(TDK_INTERNAL, std::string("writing to the store: ") + e.what());
  }
  failed_ = true;
  queue_.close();
}

void StoreWriter::write(const ChunkResult &result) {
  const SeriesPlan &plan = plans_[result.series];
  Commit commit;
  commit.series = plan.series;
  commit.source = plan.source;
  commit.source_version = source_version_;
  commit.rank = plan.rank;
  commit.fetched_at = result.fetched_at;
  commit.candles = result.candles.empty() ? nullptr : &result.candles;
  commit.ledger = result.ledger;
  for (auto &e : commit.ledger) {
    e.source = plan.source;
    e.updated = result.fetched_at;
  }
  if (!commit.ledger.empty()) {
    const CommitResult done = commit_patiently(commit);
    progress_.rows += done.inserted + done.updated;
  }
  if (result.failure) return;  // counted when the run has given up on it
  progress_.chunks_done += 1;
  progress_.slots_done += static_cast<std::uint64_t>(plan.series.interval.count(result.range));
}

CommitResult StoreWriter::commit_patiently(const Commit &commit) {
  for (int attempt = 1;; ++attempt) try {
      return storage_->commit(commit);
    } catch (const Error &e) {
      // The store itself waited already (busy_timeout): another process holds it for long.
      if (e.code() != TDK_BUSY || attempt == kBusyTries) throw;
      clock_.sleep_ns(kSecond / 5 << attempt, nullptr);
    }
}

}  // namespace tapedeck
