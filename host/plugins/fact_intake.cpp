#include "plugins/fact_intake.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>

#include "base/utf8.hpp"

namespace tapedeck {
namespace {

constexpr std::uint64_t kLongestName = 256, kLongestText = 4096;
constexpr std::int32_t kMaxExp = 18;

bool is_exponent(std::int32_t exp) { return exp >= -kMaxExp && exp <= kMaxExp; }

bool is_decimal(const tdk_decimal &d) { return d.present == 0 || (is_exponent(d.exp) && d.mantissa != TDK_NULL_I64); }

bool is_time(std::int64_t t) { return t >= INT64_MIN / 2 && t < INT64_MAX / 2; }

bool is_readable(tdk_str s, std::uint64_t longest) { return s.size <= longest && (s.data != nullptr || s.size == 0); }

// What other things are found by: as it is, not mended.
bool is_name(tdk_str s) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  const std::string_view text = sv(s);
  return s.size > 0 && is_readable(s, kLongestName) && std::none_of(text.begin(), text.end(), control) && is_utf8(text);
}

bool are_readable(std::initializer_list<tdk_str> texts) {
  return std::all_of(texts.begin(), texts.end(), [](tdk_str s) { return is_readable(s, kLongestText); });
}

}  // namespace

bool is_sound(const tdk_quote &q) {
  return is_exponent(q.price_exp) && is_exponent(q.size_exp) && is_exponent(q.volume_exp) && is_name(q.symbol) &&
         is_time(q.time);
}

bool is_sound(const tdk_symbol &s) {
  return is_name(s.symbol) && are_readable({s.name, s.exchange, s.currency, s.country, s.isin, s.vendor_symbol, s.source}) &&
         (s.price_exp_known == 0 || is_exponent(s.price_exp)) && (s.earliest == TDK_NULL_I64 || is_time(s.earliest));
}

bool is_sound(const tdk_calendar_event &e) {
  return is_time(e.time) && is_readable(e.id, kLongestName) && e.title.size > 0 &&
         are_readable({e.title, e.country, e.currency, e.unit, e.source}) && is_decimal(e.actual) &&
         is_decimal(e.forecast) && is_decimal(e.previous);
}

}  // namespace tapedeck
