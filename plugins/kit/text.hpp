// Vendor bytes made fit for an error text, and percent-encoding for a query string.
#pragma once

#include <string>
#include <string_view>

namespace kit {

// At most `limit` bytes of it, everything but printable ASCII as '?', "..." where it was cut.
std::string excerpt(std::string_view bytes, std::size_t limit = 60);

// RFC 3986: all but the unreserved characters as %XX.
std::string percent_encoded(std::string_view text);

}  // namespace kit
