// What a delivery could not keep: counted by kind and reason, and said.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "market/time.hpp"
#include "observe/metrics.hpp"

namespace tapedeck {

enum class DropKind { Candle, Tick };

// Threads: any. tapedeck_dropped_total{pipeline,kind,reason}, and a line in the log with the totals at
// most every 10 s.
class Drops {
 public:
  Drops(std::string pipeline, Clock &clock, Metrics &metrics);
  void add(DropKind kind, const std::string &reason, std::uint64_t rows);
  std::uint64_t total(DropKind kind) const;
  void say_rest();  // what was not said yet

 private:
  struct Count {
    std::uint64_t rows = 0;
    Metrics::Handle metric = 0;
  };
  void say();

  const std::string pipeline_;
  Clock &clock_;
  Metrics &metrics_;
  mutable std::mutex mutex_;
  std::map<std::pair<DropKind, std::string>, Count> counts_;
  bool unsaid_ = false, said_once_ = false;
  Nanos said_at_ = 0;
};

}  // namespace tapedeck
