// Text that every storage can keep: UTF-8 without NUL.
#pragma once

#include <string>
#include <string_view>

namespace kit {

bool is_storable(std::string_view text);
// With a '?' for each byte that is NUL or no part of UTF-8. For words that are for people; what is a key or a
// message is refused instead.
std::string storable(std::string_view text);

}  // namespace kit
