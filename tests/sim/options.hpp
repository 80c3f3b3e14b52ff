// Everything the simulator can be told at its start.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/interval.hpp"

namespace tapedeck::sim {

/// `VENDOR:SYMBOL:INTERVAL=FILE`
struct CsvSource {
  std::string vendor;
  std::string symbol;
  Interval interval;
  std::filesystem::path file;
};

struct ListenAddress {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: a free one
};

/// `VENDOR=FILE`
struct ReplaySource {
  std::string vendor;
  std::filesystem::path file;
};

/// `VENDOR.NAME=VALUE`: how a vendor behaves where it may behave in several ways.
struct VendorSetting {
  std::string vendor, name, value;
};

/// Allowances in real time, where the simulator's clock would be unfair to a client.
struct StreamPatience {
  /// A pong is late only after this long in real time as well.
  std::chrono::milliseconds pong{5'000};
  /// A client that takes nothing for this long is cut off.
  std::chrono::milliseconds slow_client{5'000};
};

struct Options {
  ListenAddress listen;
  std::uint64_t seed = 1;
  std::optional<std::int64_t> start_ms;  ///< absent: wall clock
  double speed = 1.0;
  bool limits = true;
  bool gzip = false;
  std::size_t cache_mb = 256;
  std::vector<CsvSource> csv;
  std::vector<ReplaySource> replays;
  std::vector<VendorSetting> settings;
  bool replay_fast = false;  ///< as fast as the client takes it instead of at the recorded pace
  StreamPatience patience;
};

/// All throw std::invalid_argument with a sentence for the user.
CsvSource parse_csv_source(std::string_view text);
ReplaySource parse_replay_source(std::string_view text);
VendorSetting parse_vendor_setting(std::string_view text);
/// Loopback only: 127.x.y.z, ::1 (in brackets) or localhost.
ListenAddress parse_listen(std::string_view text);

}  // namespace tapedeck::sim
