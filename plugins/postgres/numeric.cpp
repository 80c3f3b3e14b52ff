#include "numeric.hpp"

#include "bytes.hpp"

namespace tapedeck::postgres {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr int kTens[] = {1, 10, 100, 1000};
constexpr std::int16_t kNegative = 0x4000;

// exp as 4 * groups + tens, tens 0 to 3: digits to the base 10000 begin at every fourth power of ten.
struct Split {
  explicit Split(int exp) : groups((exp + 400) / 4 - 100), tens(exp - 4 * groups) {}
  int groups, tens;
};

// The digits of `number`, the lowest first, without the zeros below it: those are left to the weight.
int digits_of(Wide number, std::int16_t *digits, int &skipped) {
  int count = 0;
  skipped = 0;
  for (; number > UINT64_MAX; number /= 10000) {
    const auto digit = static_cast<std::int16_t>(number % 10000);
    if (count == 0 && digit == 0) ++skipped;
    else digits[count++] = digit;
  }
  for (auto rest = static_cast<std::uint64_t>(number); rest != 0; rest /= 10000) {
    const auto digit = static_cast<std::int16_t>(rest % 10000);
    if (count == 0 && digit == 0) ++skipped;
    else digits[count++] = digit;
  }
  return count;
}

}  // namespace

std::size_t write_numeric(char *to, std::int64_t mantissa, int exp) {
  const Split split(exp);
  const auto size = mantissa < 0 ? 0 - static_cast<std::uint64_t>(mantissa) : static_cast<std::uint64_t>(mantissa);
  std::int16_t digits[16];
  int skipped = 0;
  const int count = digits_of(Wide{size} * static_cast<unsigned>(kTens[split.tens]), digits, skipped);
  const int weight = count == 0 ? 0 : split.groups + skipped + count - 1;
  put(to, static_cast<std::int16_t>(count));
  put(to + 2, static_cast<std::int16_t>(weight));
  put(to + 4, mantissa < 0 ? kNegative : std::int16_t{0});
  put(to + 6, static_cast<std::int16_t>(exp < 0 ? -exp : 0));
  for (int i = 0; i < count; ++i) put(to + 8 + 2 * i, digits[count - 1 - i]);
  return 8 + 2 * static_cast<std::size_t>(count);
}

// Digits below 10^exp make it no whole number of such units.
bool read_numeric(std::string_view bytes, int exp, std::int64_t &mantissa) {
  if (bytes.size() < 8) return false;
  const int count = get<std::int16_t>(bytes.data()), weight = get<std::int16_t>(bytes.data() + 2);
  const auto sign = get<std::uint16_t>(bytes.data() + 4);
  const bool negative = sign == static_cast<std::uint16_t>(kNegative);
  if ((sign != 0 && !negative) || count < 0 || bytes.size() != 8 + 2 * static_cast<std::size_t>(count)) return false;
  mantissa = 0;
  if (count == 0) return true;
  const Split split(exp);
  const int zeros = weight - (count - 1) - split.groups;  // groups between the last digit and 10^exp
  if (zeros < 0 || weight - split.groups > 6) return false;
  Wide number = 0;
  for (int i = 0; i < count; ++i) {
    const auto digit = get<std::uint16_t>(bytes.data() + 8 + 2 * i);
    if (digit > 9999) return false;
    number = number * 10000 + digit;
  }
  for (int i = 0; i < zeros; ++i) number *= 10000;
  const auto tens = static_cast<unsigned>(kTens[split.tens]);
  if (number % tens != 0 || number / tens > static_cast<Wide>(INT64_MAX)) return false;
  const auto size = static_cast<std::int64_t>(number / tens);
  mantissa = negative ? -size : size;
  return true;
}

}  // namespace tapedeck::postgres
