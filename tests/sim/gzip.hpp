// gzip, as HTTP's Content-Encoding wants it.
#pragma once

#include <string>
#include <string_view>

namespace tapedeck::sim {

/// Compresses at the fastest level; throws std::runtime_error when zlib refuses.
std::string gzip(std::string_view text);

}  // namespace tapedeck::sim
