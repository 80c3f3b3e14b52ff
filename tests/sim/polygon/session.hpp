// One conversation on Polygon's streams: connected, authenticated, subscribed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "sim/polygon/listing.hpp"
#include "sim/polygon/settings.hpp"
#include "sim/seats.hpp"
#include "sim/stream_session.hpp"

namespace tapedeck::sim::polygon {

struct SessionSetup {
  const Listing &listing;
  const Settings &settings;
  Seats &seats;
  Market market = Market::Stocks;
  std::int64_t lag_ms = 0;  ///< of the delayed feed
  std::int64_t now_ms = 0;
};

/// All of the setup must outlive it.
std::unique_ptr<StreamSession> make_session(const SessionSetup &setup);

/// `/stocks`, `/forex`, `/crypto`, `/indices`, and the same below `/delayed`.
struct Cluster {
  Market market = Market::Stocks;
  bool delayed = false;
};
std::optional<Cluster> find_cluster(std::string_view path);

}  // namespace tapedeck::sim::polygon
