// What faults do to a body that was right before: pure functions on text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/faults.hpp"

namespace tapedeck::sim {

/// The elements of a JSON array as text; empty when `json` is no array.
std::vector<std::string_view> array_elements(std::string_view json);

/// The body as `kind` leaves it; unchanged for kinds that do not touch bodies. Row faults only
/// change arrays of at least two rows. `random` chooses places and bytes.
std::string spoiled_body(FaultKind kind, std::string_view body, std::uint64_t random);

}  // namespace tapedeck::sim
