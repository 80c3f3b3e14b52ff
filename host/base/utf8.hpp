// Whether bytes are UTF-8, as WebSocket text and JSON have to be.
#pragma once

#include <cstddef>
#include <string_view>

namespace tapedeck {

// No surrogates, no overlong forms, nothing above U+10FFFF (RFC 3629). Threads: any.
bool is_utf8(std::string_view text) noexcept;
// Bytes of the character that `text`, which is not empty, begins with; 0 when it is none (section 4).
std::size_t utf8_size(std::string_view text) noexcept;

}  // namespace tapedeck
