// The pages one source still has to be asked for, shared by the workers that ask it.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ingest/chunk.hpp"

namespace tapedeck {

// Threads: any.
class ChunkQueue {
 public:
  explicit ChunkQueue(std::uint32_t give_up_after) : give_up_after_(give_up_after) {}
  void add(const Chunk &chunk);
  std::optional<Chunk> next();  // nothing when empty or stopped

  void succeeded(const Chunk &chunk);
  void failed(const Chunk &chunk, const Failure &failure);
  void stop(const std::string &reason);  // the first reason stands

  // The number of pages in the queue, those to be asked again now among them; 0 once stopped.
  std::size_t begin_round();
  std::optional<std::string> stopped() const;
  std::map<std::size_t, std::string> skipped() const;  // series (index into the plans), and why

 private:
  void count_failure(const Chunk &chunk, const Failure &failure);
  void stop_locked(const std::string &reason);

  mutable std::mutex mutex_;
  std::deque<Chunk> waiting_;
  std::vector<Chunk> again_;
  std::map<std::size_t, std::string> skipped_;
  std::optional<std::string> stopped_;
  std::uint32_t failures_in_a_row_ = 0;
  std::map<std::size_t, std::uint32_t> unusable_in_a_row_;  // by series
  const std::uint32_t give_up_after_;
};

}  // namespace tapedeck
