// Candles of a made-up market with the digits of a real one, the same in every run.
#pragma once

#include "sqlite_reference.hpp"

#include <tapedeck/abi.h>

#include <vector>

namespace tapedeck::bench {

inline constexpr std::int64_t kFirstCandle = 1'500'000'000'000'000'000;
inline constexpr int kCandleExp = -8;  // of all of them

// `rows` one-minute candles in chunks of `chunk_rows`; the chunks are of `series` series (1, 2, ...) in turn.
std::vector<Chunk> make_chunks(std::size_t rows, std::size_t chunk_rows, int series);

// Views the chunk.
tdk_candle_batch batch_of(const Chunk &chunk);

}  // namespace tapedeck::bench
