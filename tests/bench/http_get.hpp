// One GET over a plain socket to 127.0.0.1, timed; nothing is decoded.
#pragma once

#include <cstdint>
#include <string>

namespace tapedeck::bench {

struct Got {
  int status = 0;                 // 0: nobody answered
  double first_byte_s = 0;        // of the body, since before connecting
  double all_s = 0;
  std::uint64_t bytes = 0;        // of the answer, head included
  std::uint64_t lines = 0;        // of the body: those that end in \n without \r, as CSV does
};

// "Connection: close": reads until the server ends. `keep` receives the body when it is not null.
Got http_get(std::uint16_t port, const std::string &target, std::string *keep = nullptr);

// A port that was free a moment ago.
std::uint16_t free_port();

}  // namespace tapedeck::bench
