// How long to wait before the next try, and whether what went wrong was said already.
#pragma once

#include <cstdint>
#include <string>

#include "market/time.hpp"

namespace tapedeck {

// Pauses that double from `first` to `longest`, each shortened by chance by up to a half. Threads: one.
class Outage {
 public:
  Outage(Nanos first, Nanos longest, std::uint64_t seed) : first_(first), longest_(longest), random_(seed | 1) {}

  // True: it begins now, and is worth a line of the log.
  bool begin(Nanos now);
  bool on() const noexcept { return on_; }
  Nanos next_pause();
  // How long it was; there was one.
  Nanos end(Nanos now);

 private:
  const Nanos first_, longest_;
  std::uint64_t random_;
  bool on_ = false;
  Nanos since_ = 0, pause_ = 0;
};

}  // namespace tapedeck
