// One connection to Redis: commands out, replies in, over TCP or TLS.
//
// POCO's Redis::Client cannot be given a secure socket, nor a time to send, and takes what is missing of a value
// after a time-out for spaces: so that POCO's streams and types are used here on a socket of our own.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "settings.hpp"

namespace tapedeck::redis {

using Command = std::vector<std::string>;

struct Reply {
  enum class Kind { Nil, Integer, Text, Array, Error } kind = Kind::Nil;
  std::int64_t integer = 0;
  std::string text;  // of Text and Error
  std::vector<Reply> items;
  bool is_error(std::string_view code) const { return kind == Kind::Error && text.starts_with(code); }
};

// The connection is of no use any more.
struct Lost : std::runtime_error {
  using std::runtime_error::runtime_error;
  bool in_time = false;  // ended by the other side, not by the clock
};
// The server wants none of us: AUTH, or a database that there is not.
struct Rejected : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Threads: one at a time. Failures: Lost; the constructor throws Rejected too.
class Connection {
 public:
  explicit Connection(const Settings &settings);
  ~Connection();
  Connection(const Connection &) = delete;
  Connection &operator=(const Connection &) = delete;

  Reply ask(const Command &command);
  // All of them in one round trip.
  std::vector<Reply> ask(const std::vector<Command> &commands);

 private:
  struct Streams;
  void introduce(const Settings &settings);
  std::unique_ptr<Streams> streams_;
};

}  // namespace tapedeck::redis
