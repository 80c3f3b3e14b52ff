// Why a request got no answer. Inside host/net the kind decides about retries; outside it is a
// tapedeck::Error like any other.
#pragma once

#include <tapedeck/layer/core.hpp>

#include <cstdint>
#include <string>

namespace tapedeck {

enum class NetFault : std::uint8_t {
  Cancelled,        // the caller's token fired
  CallerTimeout,    // the caller's deadline passed
  Timeout,          // connect, idle or total time-out of this try
  Dns,              // the name could not be resolved
  Refused,          // no connection could be made
  Reset,            // an established connection broke, or ended too early
  Proxy,            // the proxy did not make the tunnel
  Tls,              // certificate or handshake refused
  Protocol,         // what came is no HTTP
  TooLarge,         // the body is over the limit
  BadEncoding,      // the body does not decompress
};
inline constexpr std::size_t kNetFaults = 11;

// "connection_refused": for metric labels.
const char *fault_name(NetFault fault) noexcept;
// The status that a plugin sees.
tdk_status fault_status(NetFault fault) noexcept;
// Whether another try may help.
bool fault_is_transient(NetFault fault) noexcept;
// What the operator can do about it.
const char *fault_advice(NetFault fault) noexcept;

class NetFailure : public Error {
 public:
  NetFailure(NetFault fault, std::string what)
      : Error(fault_status(fault), std::move(what)), fault_(fault) {}
  NetFault fault() const noexcept { return fault_; }

 private:
  NetFault fault_;
};

}  // namespace tapedeck
