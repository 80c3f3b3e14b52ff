// Times as text, many one after the other, into a caller's buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "market/time.hpp"

namespace tapedeck {

// "2024-01-01T00:00:00Z" as append_time() has it, with the date kept from call to call: most times that
// are written one after the other share it. Threads: one.
class TimeWriter {
 public:
  static constexpr std::size_t kMax = 32;
  char *write(char *out, Nanos time);  // at most kMax bytes; returns the end

 private:
  Nanos day_ = INT64_MIN;
  std::string date_;
};

char *write_literal(char *out, std::string_view text) noexcept;

}  // namespace tapedeck
