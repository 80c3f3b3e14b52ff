// Exact decimals of different exponents, side by side.
#pragma once

#include "kit/decimal.hpp"

#include <algorithm>
#include <array>

namespace polygon {

// Whether a < b. Two that share no exponent in int64 are told apart by their size alone: the one with
// the larger exponent is the larger, since both are no less than zero and kit's decimals have no zeros
// at their end.
inline bool less(const kit::Decimal &a, const kit::Decimal &b) {
  const std::array<kit::Decimal, 2> both{a, b};
  const auto exp = kit::common_exponent(both, std::min(a.exp, b.exp));
  if (!exp) return a.mantissa == 0 || (b.mantissa != 0 && a.exp < b.exp);
  std::int64_t x = 0, y = 0;
  kit::mantissa_at(a, *exp, x);
  kit::mantissa_at(b, *exp, y);
  return x < y;
}

}  // namespace polygon
