// The JSON bodies that control requests carry, checked field by field.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sim/faults.hpp"

namespace tapedeck::sim {

struct ClockChange {
  std::optional<std::int64_t> now_ms;
  std::optional<double> speed;
  std::optional<std::int64_t> advance_ms;
};

/// All throw std::invalid_argument with a sentence that names the field.
Fault parse_fault(std::string_view body);
ClockChange parse_clock_change(std::string_view body);
/// `{"life_ms": N}` or null.
std::optional<std::int64_t> parse_stream_life(std::string_view body);

}  // namespace tapedeck::sim
