#include "kit/storage/fact_check.hpp"

#include "kit/storage/commit_check.hpp"

namespace kit {
namespace {

using tapedeck::Error;
using tapedeck::sv;

[[noreturn]] void refuse(const char *what, std::uint64_t row, const char *lack) {
  throw Error(TDK_INVALID_ARGUMENT, std::string("storing ") + what + ": row " + std::to_string(row) +
                                        " " + lack + "; nothing of this call is stored");
}

bool is_decimal(const tdk_decimal &d) {
  return d.present == 0 || (is_exponent(d.exp) && d.mantissa != TDK_NULL_I64);
}

}  // namespace

void check_fact(const tdk_symbol &s, std::uint64_t row) {
  if (sv(s.symbol).empty()) refuse("symbols", row, "has no symbol");
  if (s.price_exp_known != 0 && !is_exponent(s.price_exp))
    refuse("symbols", row, "has an exponent that is not one of -18 to 18");
}

void check_fact(const tdk_calendar_event &e, std::uint64_t row) {
  if (sv(e.title).empty()) refuse("economic events", row, "has no title");
  if (!is_decimal(e.actual) || !is_decimal(e.forecast) || !is_decimal(e.previous))
    refuse("economic events", row, "has an exponent that is not one of -18 to 18, or no mantissa");
}

// The country's length first, so that no country can imitate the beginning of a title.
std::string event_key(const tdk_calendar_event &e) {
  if (e.id.size > 0) return {};
  std::string key = std::to_string(e.country.size);
  key.append(":").append(sv(e.country)).append(sv(e.title));
  return key;
}

}  // namespace kit
