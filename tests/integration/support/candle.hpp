// A candle as the tests compare it: exact, whoever it comes from.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tapedeck::integration {

// Prices and volume in units of 1e-8.
struct Candle {
  std::int64_t open_ms = 0;
  std::int64_t open = 0, high = 0, low = 0, close = 0, volume = 0;
  auto operator<=>(const Candle &) const = default;
};

// "322.31" is 32'231'000'000. Throws std::invalid_argument when it is no decimal of at most 8 places.
std::int64_t units_of(std::string_view decimal);

// A mantissa at a power of ten brought to units of 1e-8; throws std::invalid_argument when it is not one.
std::int64_t units_of(std::int64_t mantissa, int exponent);

// Where two series differ first, for people; empty when they are equal.
std::string difference(const std::vector<Candle> &found, const std::vector<Candle> &expected);

// Those of `found` that are not in `truth` exactly so: wrong rows. Both ascend.
std::vector<Candle> not_in(const std::vector<Candle> &found, const std::vector<Candle> &truth);

// 2024-01-01T00:00Z
inline constexpr std::int64_t kNewYear2024Ms = 1'704'067'200'000;
inline constexpr std::int64_t kMinuteMs = 60'000, kDayMs = 86'400'000;

}  // namespace tapedeck::integration
