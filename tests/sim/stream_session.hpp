// What a vendor's stream protocol is to the server: texts in, texts out, by the simulator's clock,
// no sockets.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/message.hpp"

namespace tapedeck::sim {

/// No more is due, ever.
inline constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

/// A data message on its way out.
struct StreamMessage {
  std::string text;
  std::string stream;    ///< its name, as the client subscribed to it
  std::int64_t due = 0;  ///< clock time at which it happens
  bool closing = false;  ///< the last word on a candle
  /// A sign of life, not data: only `half_open` silences it, and other faults pass it by.
  bool heartbeat = false;
};

/// What holds for every connection of a vendor.
struct StreamRules {
  std::int64_t ping_every_ms = 20'000;
  std::int64_t pong_within_ms = 60'000;
  std::int64_t messages_per_second = 5;  ///< of a client, pings and pongs included; 0: no limit
  std::int64_t life_ms = 86'400'000;
  bool lines = false;  ///< a chunked response line by line instead of WebSocket frames
};

/// How a vendor ends a connection of its own accord.
struct SessionEnd {
  std::uint16_t code = 0;  ///< of the Close frame; 0: a TCP reset instead of one
  std::string text;        ///< of the Close frame
  std::string reason;      ///< for the counters
};

/// One client's conversation.
/// Threads: one at a time; whoever holds it.
class StreamSession {
 public:
  virtual ~StreamSession() = default;

  /// Handles a message of the client; replies are sent in order, before any data.
  virtual std::vector<std::string> on_text(std::string_view text, std::int64_t now_ms) = 0;
  /// Texts that are no data and that nobody asked for, due at `now_ms`: a greeting, a warning. Faults
  /// of messages pass them by.
  virtual std::vector<std::string> notices(std::int64_t /*now_ms*/) { return {}; }
  /// Set when the connection is to end, after all that has been said.
  virtual std::optional<SessionEnd> ending() const { return std::nullopt; }
  /// `wake` makes the connection look again, from any thread, as long as the session lives.
  virtual void set_waker(std::function<void()> /*wake*/) {}
  /// Time of the next data message, or of work that may lead to one; kNever when there is none.
  virtual std::int64_t next_due() const = 0;
  /// Makes the next message that is due at or before `until`; false when there is none.
  virtual bool next(std::int64_t until, StreamMessage &message) = 0;
  /// The clock has been set: what was due before `now_ms` is skipped.
  virtual void restart(std::int64_t now_ms) = 0;
  virtual std::vector<std::string> subscriptions() const = 0;
  /// What announces that the server goes down; empty: nothing does.
  virtual std::string shutdown_notice(std::int64_t now_ms) const = 0;
};

/// An upgrade, or a request for a stream of lines, as the vendor answers it: a conversation, or a refusal when there is none.
struct StreamOpening {
  std::unique_ptr<StreamSession> session;
  Reply refusal;  ///< with a session only its headers count, which a response of lines has
};

}  // namespace tapedeck::sim
