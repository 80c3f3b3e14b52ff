// A stream for the simulator to play, whose every message the test knows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tapedeck::integration {

// Trades with the numbers 1 to `count` of each of these symbols, in turn, one message each 1/`per_second`. The
// first ones come at once, the others two seconds later, when everything is subscribed.
struct MadeTape {
  std::vector<std::string> symbols = {"BTCUSDT", "ETHUSDT", "BNBUSDT", "SOLUSDT"};
  std::int64_t count = 4000;
  int per_second = 1000;

  // As `--replay` of the simulator reads it.
  std::string lines() const;
};

}  // namespace tapedeck::integration
