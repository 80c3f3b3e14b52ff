// Whether the cases that take minutes are wanted.
#pragma once

#include <cstdlib>

namespace tapedeck::integration {

// Set by ./check --long.
inline bool long_tests() { return std::getenv("TAPEDECK_LONG") != nullptr; }

}  // namespace tapedeck::integration
