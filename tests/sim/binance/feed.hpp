// The data of one stream, made when the clock reaches it. All values are those REST shows.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sim/binance/listing.hpp"
#include "sim/binance/stream_name.hpp"
#include "sim/stream_session.hpp"

namespace tapedeck::sim::binance {

/// Threads: one.
class Feed {
 public:
  virtual ~Feed() = default;

  /// Time of the next step; ascending from step to step.
  virtual std::int64_t next_due() const = 0;
  /// Takes that step: fills `payload` (empty before), or leaves it empty when nothing is to be
  /// said. Returns whether the message is the last word on a candle.
  virtual bool step(std::string &payload) = 0;
};

/// The feed of a stream from `now_ms` on, times in us when `microseconds`; null for streams that
/// stay silent.
std::unique_ptr<Feed> make_feed(const StreamName &name, const Listing &listing, std::int64_t now_ms,
                                bool microseconds);
std::unique_ptr<Feed> make_kline_feed(const Instrument &instrument, const Interval &interval,
                                      std::int64_t now_ms, bool microseconds);

/// When the closing frame of the candle that ends at `end_ms` comes: 1 to 1.8 s later, steady for a
/// seed.
std::int64_t closing_frame_due(const Instrument &instrument, std::int64_t end_ms);

}  // namespace tapedeck::sim::binance
