// The JSON of one candle, written into a caller's buffer: the same for every answer.
#pragma once

#include <tapedeck/abi.h>

#include <cstdint>

#include "market/decimal.hpp"
#include "market/time_writer.hpp"

namespace tapedeck {

// The longest text that write_candle_json() makes: a time, five decimals and the JSON around them.
inline constexpr std::size_t kCandleJsonMax = 64 + 5 * (kDecimalMax + 16);

// {"time":...,"open":"...","high":"...","low":"...","close":"...","volume":...,"source":
// for row `i`; the caller adds the quoted source and the closing brace. An unknown volume is null.
char *write_candle_json(char *out, const tdk_candle_batch &batch, std::uint64_t i, TimeWriter &time);

// Whether the volume of row `i` is known.
inline bool has_volume(const tdk_candle_batch &batch, std::uint64_t i) noexcept {
  return batch.volume != nullptr && batch.volume[i] != TDK_NULL_I64;
}

}  // namespace tapedeck
