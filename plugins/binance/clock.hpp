// The vendor's time, learned from GET /api/v3/time: whether a candle has closed is by the vendor's
// clock, and the host's own may be off.
#pragma once

#include "session.hpp"

#include <cstdint>

namespace binance {

class ServerClock {
 public:
  // What the vendor's clock showed, at the earliest, when the host's showed `host_ns`; so a candle
  // is never called closed too early. Asks the vendor when it has not within 10 minutes, and takes
  // the host's clock as right when that fails. Throws TDK_CANCELLED and TDK_TIMEOUT only.
  std::int64_t at(std::int64_t host_ns, Session &session, const tapedeck::Cancel &cancel);

 private:
  void ask(Session &session, const tapedeck::Cancel &cancel);

  bool asked_ = false;
  std::int64_t asked_at_ns_ = 0;  // by the host's clock
  std::int64_t offset_ns_ = 0;    // vendor minus host
};

}  // namespace binance
