// A made-up order book about the last price, steady within a tenth of a second.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/binance/listing.hpp"

namespace tapedeck::sim::binance {

struct Level {
  std::int64_t price = 0, quantity = 0;
};

struct Book {
  std::int64_t update_id = 0;
  std::vector<Level> bids, asks;  ///< best first; empty when the instrument does not trade
};

/// The book lasts this long.
inline constexpr std::int64_t kBookUpdateMs = 100;

/// The book numbered `update_id` when the last price is `price`.
Book book_about(const Instrument &instrument, std::int64_t price, std::int64_t update_id,
                std::size_t levels);
/// Up to `levels` on each side.
Book make_book(const Instrument &instrument, std::int64_t now_ms, std::size_t levels);

/// The last candle of a minute (or of the file's step) known at `now_ms`; false when there is none.
bool last_candle(const Instrument &instrument, std::int64_t now_ms, Candle &candle);

}  // namespace tapedeck::sim::binance
