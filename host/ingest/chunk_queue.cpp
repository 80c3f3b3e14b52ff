#include "ingest/chunk_queue.hpp"

namespace tapedeck {

void ChunkQueue::add(Chunk chunk) {
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

void ChunkQueue::succeeded() {
  std::lock_guard lock(mutex_);
  failures_in_a_row_ = 0;
}

bool ChunkQueue::failed(const Chunk &chunk, const Failure &failure) {
  std::lock_guard lock(mutex_);
  switch (failure.after) {
    case AfterFailure::SkipSeries: skipped_.insert(chunk.series); return false;
    case AfterFailure::StopSource: stopped_ = failure.reason; return false;
    case AfterFailure::AskAgain: break;
  }
  again_.push_back(chunk);
  if (++failures_in_a_row_ >= give_up_after_ && !stopped_)
    stopped_ = std::to_string(failures_in_a_row_) + " pages in a row failed, the last with: " + failure.reason;
  return true;
}

void ChunkQueue::stop(const std::string &reason) {
  std::lock_guard lock(mutex_);
  if (!stopped_) stopped_ = reason;
}

std::size_t ChunkQueue::begin_round() {
  std::lock_guard lock(mutex_);
  if (stopped_) return 0;
  for (const Chunk &c : again_) waiting_.push_back(c);
  again_.clear();
  failures_in_a_row_ = 0;
  return waiting_.size();
}

std::size_t ChunkQueue::left() const {
  std::lock_guard lock(mutex_);
  return waiting_.size();
}

std::optional<std::string> ChunkQueue::stopped() const {
  std::lock_guard lock(mutex_);
  return stopped_;
}

}  // namespace tapedeck
