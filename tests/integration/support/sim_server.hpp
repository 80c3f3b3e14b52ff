// The vendor simulator as a process of its own.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "support/candle.hpp"
#include "support/process.hpp"
#include "support/temp_dir.hpp"

namespace tapedeck::integration {

// Lifecycle: serves from the constructor to the destructor. Threads: any, for what is const.
// Failures: the constructor throws std::runtime_error when it does not listen within 20 s.
class SimServer {
 public:
  // `port` 0: one that is free.
  explicit SimServer(std::vector<std::string> options = {"--limits", "off"}, std::uint16_t port = 0);
  std::uint16_t port() const noexcept { return port_; }
  std::string base_url() const;  // of the Binance it plays

  // What it says: everything the range holds, asked page by page.
  std::vector<Candle> candles(const std::string &symbol, const std::string &interval, std::int64_t from_ms,
                              std::int64_t to_ms) const;
  std::uint64_t requests() const;       // since the last reset
  std::uint64_t page_requests() const;  // of them, for candles
  std::uint64_t refused() const;        // 429 and 418
  std::uint64_t weight_used() const;    // since the last reset
  std::uint64_t window_weight() const;  // of the minute that runs
  void reset() const;                   // the counters
  // `fields` without braces and vendor: R"("kind":"hang")".
  void fault(const std::string &fields, const std::string &vendor = "binance") const;
  void clear_faults() const;
  std::uint64_t faults_injected() const;
  void set_clock(const std::string &json) const;
  void set_stream_life(Millis life) const;        // after which it ends stream connections
  std::uint64_t streams_open() const;
  std::uint64_t streams_opened() const;           // ever
  std::map<std::string, std::uint64_t> streams_ended() const;  // by reason

 private:
  TempDir directory_;
  std::unique_ptr<Process> process_;
  std::uint16_t port_ = 0;
};

}  // namespace tapedeck::integration
