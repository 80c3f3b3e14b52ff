// One conversation on Twelve Data's WebSocket.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sim/seats.hpp"
#include "sim/stream_session.hpp"
#include "sim/twelvedata/listing.hpp"
#include "sim/twelvedata/settings.hpp"

namespace tapedeck::sim::twelvedata {

inline constexpr std::string_view kStreamPath = "/v1/quotes/price";

/// What it holds by reference must outlive it.
struct SessionSetup {
  const Listing &listing;
  const Settings &settings;
  Seats &seats;
  std::string key;  ///< of the account
  std::int64_t now_ms;
};
std::unique_ptr<StreamSession> make_session(const SessionSetup &setup);

}  // namespace tapedeck::sim::twelvedata
