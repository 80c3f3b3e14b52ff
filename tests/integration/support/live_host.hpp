// `tapedeck run`, up and serving.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "support/process.hpp"
#include "support/site.hpp"
#include "support/ws_client.hpp"

namespace tapedeck::integration {

// Lifecycle: serves from the constructor on; the destructor kills it. Threads: one at a time.
// Failures: the constructor throws std::runtime_error with what the program said.
class LiveHost {
 public:
  explicit LiveHost(const Site &site, std::vector<std::string> more = {});

  Process &process() noexcept { return process_; }
  std::uint16_t port() const noexcept { return port_; }
  std::string err() const { return process_.err(); }
  // The value of a line of /metrics whose name and labels start so; 0 when there is none.
  double metric(const std::string &name_and_labels) const;
  // Of its resident memory, in MiB.
  double memory() const;
  // SIGTERM, and the end of it: the exit code; nothing when it takes longer.
  std::optional<int> stop(Millis deadline = promised(5s));
  Millis took_to_stop() const noexcept { return took_; }

 private:
  Process process_;
  std::uint16_t port_ = 0;
  Millis took_{0};
};

}  // namespace tapedeck::integration
