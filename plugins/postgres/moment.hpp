// Instants: nanoseconds since 1970 here, microseconds since 2000 and a rest of 0 to 999 ns in the tables.
#pragma once

#include <cstdint>

namespace tapedeck::postgres {

struct Moment {
  std::int64_t micros = 0;  // as the binary format of timestamptz has it
  std::int16_t nanos = 0;
};

inline constexpr std::int64_t kMicrosTo2000 = 946'684'800'000'000;

// Towards the past, so that the rest is never negative. Every int64 of nanoseconds has its moment.
inline Moment moment_of(std::int64_t ns) {
  std::int64_t micros = ns / 1000, rest = ns % 1000;
  if (rest < 0) rest += 1000, --micros;
  return {micros - kMicrosTo2000, static_cast<std::int16_t>(rest)};
}

inline std::int64_t nanoseconds_of(Moment m) {
  // In this order: the first moment's microseconds alone would not fit.
  const std::int64_t micros = m.micros + kMicrosTo2000;
  return micros < 0 ? (micros + 1) * 1000 + (m.nanos - 1000) : micros * 1000 + m.nanos;
}

}  // namespace tapedeck::postgres
