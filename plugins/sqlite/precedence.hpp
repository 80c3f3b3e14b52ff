// Which of two values of one candle stands. Pure: no database here.
#pragma once

#include "batch_book.hpp"

namespace tapedeck::sqlite {

// A candle with the powers of ten its cells are counted in.
struct Value {
  std::int64_t open = 0, high = 0, low = 0, close = 0;
  std::int64_t volume = TDK_NULL_I64, turnover = TDK_NULL_I64, trades = TDK_NULL_I64;
  std::uint32_t state = 0;
};

enum class Verdict {
  Replace,    // the offered value takes the place of the stored one
  TakeOver,   // they are equal, but the offered one has the better rank: see judge()
  Same,       // they are equal
  Outranked,  // the stored value stays
};

bool is_final(std::uint32_t state);
// a * 10^a_exp == b * 10^b_exp, exactly; unknown equals only unknown.
bool same_number(std::int64_t a, int a_exp, std::int64_t b, int b_exp);
// The same numbers, and the same state but for TDK_CANDLE_REVISED.
bool same_value(const Value &a, const Provenance &a_by, const Value &b, const Provenance &b_by);
Verdict judge(const Value &stored, const Provenance &stored_by, const Value &offered,
              const Provenance &offered_by);

}  // namespace tapedeck::sqlite
