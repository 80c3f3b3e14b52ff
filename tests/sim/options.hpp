// Everything the simulator can be told at its start.
#pragma once

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

struct Options {
  ListenAddress listen;
  std::uint64_t seed = 1;
  std::optional<std::int64_t> start_ms;  ///< absent: wall clock
  double speed = 1.0;
  bool limits = true;
  bool gzip = false;
  std::size_t cache_mb = 256;
  std::vector<CsvSource> csv;
};

/// Both throw std::invalid_argument with a sentence for the user.
CsvSource parse_csv_source(std::string_view text);
/// Loopback only: 127.x.y.z, ::1 (in brackets) or localhost.
ListenAddress parse_listen(std::string_view text);

}  // namespace tapedeck::sim
