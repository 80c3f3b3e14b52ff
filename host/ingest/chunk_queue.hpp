// The pages one source still has to be asked for, shared by the workers that ask it.
#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ingest/chunk_fetcher.hpp"

namespace tapedeck {

struct Chunk {
  std::size_t series = 0;  // index into the run's plans
  TimeRange range;
};

// Threads: any.
class ChunkQueue {
 public:
  explicit ChunkQueue(std::uint32_t give_up_after) : give_up_after_(give_up_after) {}
  void add(Chunk chunk);
  std::optional<Chunk> next();  // nothing when empty or stopped

  void succeeded();
  // True when the page is to be asked again in a further round.
  bool failed(const Chunk &chunk, const Failure &failure);
  void stop(const std::string &reason);

  // The pages to be asked again; they are in the queue afterwards.
  std::size_t begin_round();
  std::size_t left() const;
  std::optional<std::string> stopped() const;

 private:
  mutable std::mutex mutex_;
  std::deque<Chunk> waiting_;
  std::vector<Chunk> again_;
  std::set<std::size_t> skipped_;
  std::optional<std::string> stopped_;
  std::uint32_t failures_in_a_row_ = 0;
  const std::uint32_t give_up_after_;
};

}  // namespace tapedeck
