// What one plugin instance gets from its host: log, clock, sleep, metrics, HTTP, streams and budgets.
#pragma once

#include <tapedeck/abi.h>

#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "net/net_services.hpp"
#include "observe/metrics.hpp"

namespace tapedeck {

struct HostServicesSettings {
  std::string plugin;  // its name in the configuration: who speaks in the log
  HttpClient *http = nullptr;  // NULL: the plugin gets no HTTP and no budgets
  Account *account = nullptr;
  Priority priority = Priority::Backfill;
  std::vector<std::string> secrets;  // blanked in everything said about requests
  Metrics *metrics = nullptr;
  Clock *clock = nullptr;
};

// The table to hand to create(). What the settings point to outlives it. Threads: any.
std::shared_ptr<const tdk_host> make_host_services(HostServicesSettings settings);

// Closes the WebSocket and line streams that the instance of this table has left open: for when its
// run_stream() has returned. The end of the table does the same. Threads: any.
void close_streams(const tdk_host &host);

}  // namespace tapedeck
