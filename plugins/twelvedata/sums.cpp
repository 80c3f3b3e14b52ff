#include "sums.hpp"

#include "times.hpp"

#include <array>

namespace twelvedata {
namespace {

using kit::Decimal;
using kit::ExactCandle;

constexpr std::int64_t kHalfHour = 1'800;

struct Pair {
  std::int64_t a = 0, b = 0;
  int exp = 0;
};

Pair at_one_exponent(const Decimal &a, const Decimal &b) {
  const std::array both{a, b};
  const auto exp = kit::common_exponent(both, std::min(a.exp, b.exp));
  if (!exp)
    throw tapedeck::Error(TDK_BAD_DATA, "two amounts of a candle do not fit into one exponent");
  Pair out{0, 0, *exp};
  kit::mantissa_at(a, *exp, out.a);
  kit::mantissa_at(b, *exp, out.b);
  return out;
}

bool less(const Decimal &a, const Decimal &b) {
  const Pair pair = at_one_exponent(a, b);
  return pair.a < pair.b;
}

Decimal sum(const Decimal &a, const Decimal &b) {
  const Pair pair = at_one_exponent(a, b);
  Decimal out{0, pair.exp};
  if (__builtin_add_overflow(pair.a, pair.b, &out.mantissa))
    throw tapedeck::Error(TDK_BAD_DATA, "the volume of a candle does not fit into int64");
  return out;
}

void append(ExactCandle &to, const ExactCandle &part) {
  if (less(to.high, part.high)) to.high = part.high;
  if (less(part.low, to.low)) to.low = part.low;
  to.close = part.close;
  if (to.volume && part.volume)
    to.volume = sum(*to.volume, *part.volume);
  else
    to.volume.reset();
  to.state |= part.state;
}

}  // namespace

const Interval *parts_of(const Interval &interval, bool of_exchange) {
  if (interval.has_dates()) return interval.name == "1day" ? nullptr : find_interval("1day");
  if (of_exchange) {
    if (interval.length_s > kHalfHour && interval.length_s % kHalfHour == 0)
      return find_interval("30min");
    return interval.name == "45min" ? find_interval("15min") : nullptr;
  }
  return interval.length_s > 2 * kHalfHour ? find_interval("1h") : nullptr;
}

bool counts_from_opening(const Interval &interval) {
  return !interval.has_dates() && interval.length_s > kHalfHour;
}

std::vector<ExactCandle> sums_of(std::span<const ExactCandle> parts, const Interval &interval) {
  std::vector<ExactCandle> out;
  for (const ExactCandle &part : parts) {
    const std::int64_t open = interval.floor(part.open_time / kSecondNs) * kSecondNs;
    if (!out.empty() && out.back().open_time == open) {
      append(out.back(), part);
      continue;
    }
    out.push_back(part);
    out.back().open_time = open;
  }
  return out;
}

}  // namespace twelvedata
