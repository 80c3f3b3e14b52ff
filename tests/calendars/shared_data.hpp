// Files of the shared folder that calendars are held against.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "market/range_set.hpp"

namespace tapedeck::testing {

// Nothing when the folder is not there: then a test says so and ends.
std::optional<std::filesystem::path> shared_data(const std::string &file);
// The facts are others', and lie beside the project: without them there is nothing to compare with. Ends the test.
#define SKIP_WITHOUT(facts) \
  if (!(facts)) GTEST_SKIP() << "no recorded facts; set TAPEDECK_SHARED"

// exchange_calendars: the session of each trading day, by the day's midnight in UTC.
std::map<Nanos, TimeRange> read_sessions(const std::filesystem::path &csv);

// The open times of a file of candles whose first column is a time in ISO 8601, ascending; .gz or not.
std::vector<Nanos> read_open_times(const std::filesystem::path &csv);
// The same of MetaTrader's "2022.08.15,10:06,...", in the server's time, which is `ahead` of UTC.
std::vector<Nanos> read_server_times(const std::filesystem::path &csv, Nanos ahead);

}  // namespace tapedeck::testing
