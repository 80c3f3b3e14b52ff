// Text that PostgreSQL can keep.
#pragma once

#include <string>
#include <string_view>

namespace tapedeck::postgres {

// With a '?' for each byte that is NUL or no part of UTF-8. For words of a vendor's that are for people; what is a
// key is refused instead.
std::string storable(std::string_view text);

}  // namespace tapedeck::postgres
