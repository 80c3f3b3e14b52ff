// Names to addresses, without waiting longer than a cancellation allows.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "net/io_scope.hpp"

namespace tapedeck {

// Blocking look-up of a host name: IP addresses as text, the preferred first; empty: no such host.
// Called on a thread of its own that is left behind when nobody waits any more: owns what it uses.
using LookUp = std::function<std::vector<std::string>(const std::string &host)>;

LookUp system_look_up();

// The addresses of `host`; an IP address is its own. Throws NetFailure: Dns, and as IoScope::wait().
// At most 64 look-ups are under way at once; one more is a Dns failure. Threads: any.
std::vector<std::string> resolve_host(const std::string &host, const LookUp &look_up, IoScope &scope);

}  // namespace tapedeck
