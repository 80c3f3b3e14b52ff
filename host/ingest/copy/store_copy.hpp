// All that one store keeps into another one, and the two held against each other.
#pragma once

#include <map>
#include <string>

#include "ingest/copy/copy_ports.hpp"
#include "ingest/copy/copy_report.hpp"

namespace tapedeck {

// Lifecycle: the stores are open, and are not the same; what a store has more than the other stays. Can be called again
// at any time, after any failure: what is there is passed over. Memory: a few slices. Threads: one.
// Failures: what the stores throw; TDK_CANCELLED. Busy stores have half a minute.
// Not copied: events that wait in an outbox, which the host of the old store may still send.
class StoreCopy {
 public:
  explicit StoreCopy(CopyPorts ports) : ports_(ports) {}

  // What is lacking in the second store goes there. Then compare().
  void copy();
  // Everything of the first store, read back from both.
  CopyReport compare();

 private:
  void begin(bool comparing);
  CopyPorts ports_;
  std::map<std::string, std::uint64_t> written_;  // by part
};

}  // namespace tapedeck
