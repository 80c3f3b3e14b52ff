// The events of one channel of one instrument, made when the clock reaches them. All values are those
// REST shows.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "sim/polygon/listing.hpp"

namespace tapedeck::sim::polygon {

/// Threads: one.
class Feed {
 public:
  virtual ~Feed() = default;

  /// Time of the next step; ascending from step to step.
  virtual std::int64_t next_due() const = 0;
  /// Takes that step: returns the event as JSON, empty when nothing is to be said.
  virtual std::string step() = 0;
  /// Whether its events are bars.
  virtual bool gives_bars() const { return false; }
};

/// Channels of a market: those that carry data here, and those that are acknowledged and silent.
bool is_channel(Market market, std::string_view channel);

/// The feed of a channel from `now_ms` on; null for channels that are silent. `late_bars`: per cent of
/// the bars that come twice, the second time right.
std::unique_ptr<Feed> make_feed(const Instrument &instrument, std::string_view channel,
                                std::int64_t now_ms, std::int64_t late_bars);
std::unique_ptr<Feed> make_bar_feed(const Instrument &instrument, std::string_view channel,
                                    std::int64_t length_ms, std::int64_t now_ms,
                                    std::int64_t late_bars);

}  // namespace tapedeck::sim::polygon
