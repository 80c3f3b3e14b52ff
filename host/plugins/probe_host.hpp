// The host a plugin meets while it is tried out: no network, no log, real clocks.
#pragma once

#include <tapedeck/abi.h>

namespace tapedeck {

// Its HTTP service answers 503 to everything. Valid for ever. Threads: any.
const tdk_host &probe_host();

}  // namespace tapedeck
