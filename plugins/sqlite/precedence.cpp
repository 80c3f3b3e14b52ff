#include "precedence.hpp"

namespace tapedeck::sqlite {
namespace {

__extension__ using Wide = __int128;

}  // namespace

bool is_final(std::uint32_t state) { return (state & TDK_CANDLE_FORMING) == 0; }

bool same_number(std::int64_t a, int a_exp, std::int64_t b, int b_exp) {
  if (a_exp == b_exp) return a == b;
  if (a == TDK_NULL_I64 || b == TDK_NULL_I64) return a == b;
  if (a == 0 || b == 0) return a == b;
  if (a_exp < b_exp) return same_number(b, b_exp, a, a_exp);
  // 10^19 is beyond int64, so the number in the bigger unit cannot be met by one in the smaller.
  if (a_exp - b_exp > 18) return false;
  Wide scaled = a;
  for (int i = b_exp; i < a_exp; ++i) scaled *= 10;
  return scaled == b;
}

bool same_value(const Value &a, const Provenance &pa, const Value &b, const Provenance &pb) {
  auto price = [&](std::int64_t x, std::int64_t y) {
    return same_number(x, pa.price_exp, y, pb.price_exp);
  };
  // Whether a value replaced another one says nothing about the value itself.
  constexpr std::uint32_t kOfTheValue = ~TDK_CANDLE_REVISED;
  return price(a.open, b.open) && price(a.high, b.high) && price(a.low, b.low) &&
         price(a.close, b.close) && same_number(a.volume, pa.volume_exp, b.volume, pb.volume_exp) &&
         same_number(a.turnover, pa.turnover_exp, b.turnover, pb.turnover_exp) &&
         a.trades == b.trades && (a.state & kOfTheValue) == (b.state & kOfTheValue);
}

// Final over forming, then the lower rank, then the later. An equal value of a better rank takes
// the row over, although nobody sees a difference: otherwise a value of a rank in between, which
// has to lose against the better one, would win when it comes last and lose when it comes first.
Verdict judge(const Value &stored, const Provenance &stored_by, const Value &offered,
              const Provenance &offered_by) {
  bool final_stored = is_final(stored.state), final_offered = is_final(offered.state);
  if (final_stored != final_offered) return final_offered ? Verdict::Replace : Verdict::Outranked;
  bool same = same_value(stored, stored_by, offered, offered_by);
  if (same) return offered_by.rank < stored_by.rank ? Verdict::TakeOver : Verdict::Same;
  return offered_by.rank <= stored_by.rank ? Verdict::Replace : Verdict::Outranked;
}

}  // namespace tapedeck::sqlite
