// The HTTP API, version 1: candles, coverage, sources, health, readiness and metrics, for reading, and
// the WebSocket stream of what is live.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/api_limits.hpp"
#include "api/source_status.hpp"
#include "base/clock.hpp"
#include "config/config.hpp"
#include "live/live_hub.hpp"
#include "query/facts_service.hpp"
#include "query/query_service.hpp"

namespace tapedeck {

// What the API shows and tells. Each function is called from any thread, several at once; an empty one
// stands for "nothing to show".
struct ApiPorts {
  QueryService &query;
  std::function<std::vector<SourceStatus>()> sources;
  std::function<std::string()> metrics_text;                // Prometheus text format 0.0.4
  std::function<std::vector<std::string>()> not_ready;      // reasons; empty: ready
  std::string version;
  Clock &clock;
  std::function<void(std::string)> debug;                   // one line a request
  std::function<void(std::string)> warn;                    // answers that were cut, clients refused
  LiveHub *live = nullptr;                                  // what WS /api/v1/stream shows; NULL: it answers 503
  FactsService *facts = nullptr;                            // quotes, symbols, events; NULL: they answer 503
};

// Totals since the server was made.
struct ApiCounts {
  std::uint64_t requests = 0;
  std::uint64_t server_errors = 0;        // answers with 5xx
  std::uint64_t refused_connections = 0;  // too many at once
  std::uint64_t slow_clients_cut = 0;
  std::uint64_t answers_cut = 0;          // begun, then ended by an error, a stop or a slow client
  std::uint64_t clients_gone = 0;         // left before the end of their answer
  int open_streams = 0;                   // candle answers under way now
  int open_connections = 0;               // those of the stream not among them
  int stream_clients = 0;                 // of WS /api/v1/stream, now
  std::uint64_t stream_messages = 0;      // sent to them
};

// Lifecycle: make, start(), stop(); the destructor stops. The ports outlive it.
// Threads: one that starts and stops; port() and counts() any.
// Failures: tapedeck::Error from start().
class ApiServer {
 public:
  ApiServer(ApiConfig config, ApiPorts ports, ApiLimits limits = {});
  ~ApiServer();

  // Listens, on loopback addresses only: TDK_NOT_SUPPORTED for others, TDK_UNAVAILABLE when the port is taken.
  void start();
  // Says goodbye to the clients of the stream, ends open answers where they are, and every thread, in less than 2 s provided that the ports
  // heed their cancel tokens.
  void stop();
  std::uint16_t port() const;  // the one listened on; 0 before start()
  ApiCounts counts() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tapedeck
