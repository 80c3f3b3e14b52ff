// The three ways in which HTTP/1.1 marks the end of a body.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "net/io_scope.hpp"

namespace tapedeck {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::size_t read(char *data, std::size_t size) = 0;  // 0: the peer has closed
};

// Each replaces `out`, whose memory is reused, and throws NetFailure: TooLarge above `limit` bytes,
// Reset when the body ends before its end, Protocol, and whatever the scope says. POCO's own streams
// take a connection that breaks inside a chunked body for its end.
void read_sized_body(ByteSource &source, std::uint64_t size, std::uint64_t limit, IoScope &scope,
                     std::string &out);
void read_chunked_body(ByteSource &source, std::uint64_t limit, IoScope &scope, std::string &out);
void read_body_to_end(ByteSource &source, std::uint64_t limit, IoScope &scope, std::string &out);

}  // namespace tapedeck
