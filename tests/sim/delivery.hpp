// Puts a reply on a connection: normally in one system call, or broken in the way a fault asks for.
#pragma once

#include <Poco/Net/StreamSocket.h>

#include <cstdint>
#include <string>

#include "sim/message.hpp"
#include "sim/stop_signal.hpp"

namespace tapedeck::sim {

enum class Transport {
  Whole,  ///< head and body at once
  Reset,  ///< half of the body, then a TCP reset
  Close,  ///< half of the body, then an orderly close
  Drip,   ///< the body in small pieces over `drip_ms`
  Hang,   ///< nothing, until the client leaves or kHangMs have passed
};

inline constexpr std::int64_t kHangMs = 60'000;

struct Delivery {
  Transport transport = Transport::Whole;
  std::int64_t drip_ms = 0;
  bool head_only = false;  ///< answer to HEAD
  bool keep_alive = true;
};

/// Head of the reply, up to and including the empty line; Content-Length is the whole body's.
std::string render_head(const Reply &reply, bool keep_alive);

/// Head of a response of lines without end; false when the client has left.
bool send_line_head(Poco::Net::StreamSocket &socket, const Headers &headers);

/// Returns whether the connection can carry another request.
bool deliver(Poco::Net::StreamSocket &socket, const Reply &reply, const Delivery &delivery,
             StopSignal &stop);

}  // namespace tapedeck::sim
