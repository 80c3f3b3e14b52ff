// What a provider must live through before a host takes it on.
#pragma once

#include <tapedeck/abi.h>

#include "plugins/probe_report.hpp"

namespace tapedeck {

// Asks for info and three times for candles: plainly, with a cancelled token, and with a sink that
// stops. Any known status is fine, since nothing answers behind the probe's host; what counts is
// that the plugin returns, pushes sound batches and obeys token and sink. Throws
// Error(TDK_INCOMPATIBLE) for what it does wrong. Announces each call. Threads: the probe's only
// one.
void smoke_test_provider(const tdk_plugin &plugin, ProbeReporter &reporter);

}  // namespace tapedeck
