// One conversation on Twelve Data's WebSocket.
#pragma once

#include <cstdint>
#include <memory>

#include "sim/stream_session.hpp"
#include "sim/twelvedata/listing.hpp"
#include "sim/twelvedata/settings.hpp"

namespace tapedeck::sim::twelvedata {

inline constexpr std::string_view kStreamPath = "/v1/quotes/price";

/// Listing and settings must outlive it.
std::unique_ptr<StreamSession> make_session(const Listing &listing, const Settings &settings,
                                            std::int64_t now_ms);

}  // namespace tapedeck::sim::twelvedata
