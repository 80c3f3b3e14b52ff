// The endpoints of the simulated Polygon. Each takes what is left of its path and renders its reply;
// refusals are thrown as ApiError.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/message.hpp"
#include "sim/polygon/json_writer.hpp"
#include "sim/polygon/listing.hpp"
#include "sim/polygon/query.hpp"
#include "sim/polygon/refusals.hpp"
#include "sim/polygon/settings.hpp"

namespace tapedeck::sim::polygon {

/// One request.
struct Ask {
  const Listing &listing;
  const Settings &settings;
  const Query &query;
  std::vector<std::string> path;  ///< its segments
  std::string origin;             ///< `http://127.0.0.1:PORT/polygon`, for next_url
  std::string id;
  std::int64_t clock_ms = 0;      ///< the simulator's time

  /// What the account may see: 15 minutes behind where data is delayed.
  std::int64_t now_ms() const { return clock_ms - (settings.delayed ? 900'000 : 0); }
  const char *status() const { return settings.delayed ? "DELAYED" : "OK"; }
  /// Throws ApiError 403 where the plan does not have it.
  void require(std::string_view ticker) const;
  /// Throws ApiError 404 too when it is not listed.
  const Instrument &listed(std::string_view ticker) const;
};

inline constexpr std::int64_t kNsPerMs = 1'000'000;

/// The day and the day before of an instrument, for snapshots and prev; false when it has no day.
struct Days {
  Candle day, before;
  bool has_day = false, has_before = false;
};
Days days_of(const Instrument &instrument, std::int64_t now_ms);

/// Appends the fields of a bar; indices have no volume.
void write_bar(JsonWriter &out, const Instrument &instrument, const Candle &bar);

Reply aggregates(const Ask &ask);
Reply previous_close(const Ask &ask);
Reply grouped(const Ask &ask);
Reply snapshots(const Ask &ask);
Reply snapshot_v3(const Ask &ask);
Reply snapshot_indices(const Ask &ask);
Reply tickers(const Ask &ask);
Reply last_trade_reply(const Ask &ask);
Reply last_nbbo(const Ask &ask);
Reply conversion(const Ask &ask);
Reply last_currencies(const Ask &ask);
Reply last_crypto(const Ask &ask);
Reply quotes_v3(const Ask &ask);
Reply market_status(const Ask &ask);

}  // namespace tapedeck::sim::polygon
