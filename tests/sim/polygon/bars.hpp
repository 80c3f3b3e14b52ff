// Aggregates as Polygon makes them: bars cut by the market's own clock, and a limit that counts what
// they are made of.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/polygon/listing.hpp"

namespace tapedeck::sim::polygon {

enum class Unit { Second, Minute, Hour, Day, Week, Month, Quarter, Year };
std::optional<Unit> find_unit(std::string_view name);

struct Span {
  Unit unit = Unit::Minute;
  std::int64_t multiplier = 1;
};

/// Start of the bar that contains `utc_ms`, and of the one after the one that starts at `open`.
/// Seconds, minutes and hours count from the start of the market's day; weeks start on Sunday.
std::int64_t bar_open(Market market, Span span, std::int64_t utc_ms);
std::int64_t next_bar(Market market, Span span, std::int64_t open);

struct BarsAsked {
  Span span;
  std::int64_t from = 0, to = 0;  ///< starts of bars, both included
  std::size_t limit = 5'000;      ///< base aggregates: seconds, minutes or days
  bool newest_first = false;
  std::int64_t now = 0;
};

struct Bars {
  std::vector<Candle> rows;          ///< open_time is the start of the bar; in the order asked
  std::size_t base = 0;              ///< base aggregates read
  std::optional<std::int64_t> next;  ///< start of the first bar that is left out
};

/// Only whole bars: one that the limit cuts is left to the next page, unless it is the only one.
Bars read_bars(const Instrument &instrument, const BarsAsked &asked);

}  // namespace tapedeck::sim::polygon
