// Names for commits, so that who reads their events can tell which came together.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace tapedeck {

// "9f1c2ab4d5e6f708-2a": what this process is called, and a number. Threads: any.
class CorrelationIds {
 public:
  CorrelationIds();
  std::string next();

 private:
  std::string process_;
  std::atomic<std::uint64_t> number_{0};
};

}  // namespace tapedeck
