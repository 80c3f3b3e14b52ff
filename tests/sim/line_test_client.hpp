// A small client for streams of lines: one GET whose answer does not end, read on a thread of its
// own; ends and breaks are values.
#pragma once

#include <condition_variable>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "sim/simulator.hpp"

namespace tapedeck::sim {

/// Lifecycle: connects in the constructor, reads until the destructor. Threads: all from any.
class LineTestClient {
 public:
  LineTestClient(const Simulator &simulator, const std::string &path,
                 const std::map<std::string, std::string> &headers = {});
  ~LineTestClient();
  LineTestClient(const LineTestClient &) = delete;
  LineTestClient &operator=(const LineTestClient &) = delete;

  /// Of the answer's head; 0 when there was none.
  int status() const { return status_; }
  /// A header of the answer, by its name in lower case; empty when absent.
  std::string header(const std::string &name) const;
  /// Whole lines so far, without their ends; empty ones are left out.
  std::vector<std::string> lines() const;
  /// Chunks so far.
  std::size_t chunks() const;
  /// How it ended: `done` for the last chunk, `closed` without it, `broken` for what is no chunk;
  /// empty while it is open.
  std::string end() const;

  /// Each waits for at most five seconds.
  bool wait_for(const std::function<bool()> &condition) const;
  bool wait_for_count(std::size_t lines) const;
  std::string wait_for_end() const;

 private:
  void read_head();
  bool fill();
  void read();
  bool take_chunk();
  void finish(const std::string &how);

  int socket_ = -1;
  int status_ = 0;
  std::map<std::string, std::string> headers_;
  std::string in_;       // not yet taken apart
  std::string partial_;  // of a line
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<std::string> lines_;
  std::size_t chunks_ = 0;
  std::string end_;
  std::thread reader_;
};

}  // namespace tapedeck::sim
