// Whether bytes are UTF-8, as WebSocket text and JSON have to be.
#pragma once

#include <string_view>

namespace tapedeck {

// No surrogates, no overlong forms, nothing above U+10FFFF (RFC 3629). Threads: any.
bool is_utf8(std::string_view text) noexcept;

}  // namespace tapedeck
