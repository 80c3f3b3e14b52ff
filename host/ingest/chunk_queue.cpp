#include "ingest/chunk_queue.hpp"

namespace tapedeck {
namespace {

std::string in_a_row(std::uint32_t pages, const std::string &reason) {
  return std::to_string(pages) + " pages in a row failed, the last with: " + reason;
}

}  // namespace

void ChunkQueue::add(const Chunk &chunk) {
  std::lock_guard lock(mutex_);
  waiting_.push_back(chunk);
}

std::optional<Chunk> ChunkQueue::next() {
  std::lock_guard lock(mutex_);
  while (!stopped_ && !waiting_.empty()) {
    const Chunk chunk = waiting_.front();
    waiting_.pop_front();
    if (!skipped_.contains(chunk.series)) return chunk;
  }
  return std::nullopt;
}

void ChunkQueue::succeeded(const Chunk &chunk) {
  std::lock_guard lock(mutex_);
  failures_in_a_row_ = 0;
  unusable_in_a_row_.erase(chunk.series);
}

void ChunkQueue::failed(const Chunk &chunk, const Failure &failure) {
  std::lock_guard lock(mutex_);
  switch (failure.after) {
    case AfterFailure::SkipSeries:
      skipped_.emplace(chunk.series, failure.reason);
      return;
    case AfterFailure::StopSource:
      return stop_locked(failure.reason);
    case AfterFailure::NextRun:
      failures_in_a_row_ = 0;
      return;  // the vendor did answer
    case AfterFailure::AskAgain:
      break;
  }
  again_.push_back(chunk);
  again_.back().tries = failure.tries;
  again_.back().not_before = failure.next_try;
  again_.back().failed_before = true;
  count_failure(chunk, failure);
}

// A vendor that cannot be reached fails everybody; one that answers rubbish may do so for one
// series only, which must not cost the others theirs.
void ChunkQueue::count_failure(const Chunk &chunk, const Failure &failure) {
  if (failure.code != TDK_BAD_DATA) {
    if (++failures_in_a_row_ >= give_up_after_)
      stop_locked(in_a_row(failures_in_a_row_, failure.reason));
    return;
  }
  const std::uint32_t n = ++unusable_in_a_row_[chunk.series];
  if (n >= give_up_after_) skipped_.emplace(chunk.series, in_a_row(n, failure.reason));
}

void ChunkQueue::stop(const std::string &reason) {
  std::lock_guard lock(mutex_);
  stop_locked(reason);
}

void ChunkQueue::stop_locked(const std::string &reason) {
  if (!stopped_) stopped_ = reason;
}

std::size_t ChunkQueue::begin_round() {
  std::lock_guard lock(mutex_);
  if (stopped_) return 0;
  for (const Chunk &c : again_)
    if (!skipped_.contains(c.series)) waiting_.push_back(c);
  again_.clear();
  failures_in_a_row_ = 0;
  unusable_in_a_row_.clear();
  return waiting_.size();
}

std::optional<std::string> ChunkQueue::stopped() const {
  std::lock_guard lock(mutex_);
  return stopped_;
}

std::map<std::size_t, std::string> ChunkQueue::skipped() const {
  std::lock_guard lock(mutex_);
  return skipped_;
}

}  // namespace tapedeck
