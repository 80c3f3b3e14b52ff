// Decompression with a bound.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tapedeck {

// Replaces `out` (its memory is reused) by what gzip `in`, of one or more members, holds. Throws
// NetFailure: BadEncoding when it is no whole gzip, TooLarge when more than `limit` bytes come out; no
// more than that is ever allocated. Threads: any.
void gunzip(std::string_view in, std::uint64_t limit, std::string &out);

}  // namespace tapedeck
