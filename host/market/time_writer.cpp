#include "market/time_writer.hpp"

#include <cstring>

namespace tapedeck {
namespace {

char *digits(char *out, unsigned value, int count) {
  for (int i = count - 1; i >= 0; --i, value /= 10) out[i] = static_cast<char>('0' + value % 10);
  return out + count;
}

char *fraction(char *out, unsigned nanoseconds) {
  if (nanoseconds == 0) return out;
  *out++ = '.';
  if (nanoseconds % 1'000'000 == 0) return digits(out, nanoseconds / 1'000'000, 3);
  if (nanoseconds % 1'000 == 0) return digits(out, nanoseconds / 1'000, 6);
  return digits(out, nanoseconds, 9);
}

}  // namespace

char *TimeWriter::write(char *out, Nanos time) {
  const Nanos day = time - ((time % kDay) + kDay) % kDay;
  if (day != day_) {
    day_ = day;
    date_.clear();
    append_time(date_, day);
    date_.resize(11);  // "2024-01-01T"
  }
  const Nanos rest = time - day;
  const auto seconds = static_cast<unsigned>(rest / kSecond);
  out = digits(write_literal(out, date_), seconds / 3600, 2);
  *out++ = ':';
  out = digits(out, seconds / 60 % 60, 2);
  *out++ = ':';
  out = fraction(digits(out, seconds % 60, 2), static_cast<unsigned>(rest % kSecond));
  *out++ = 'Z';
  return out;
}

char *write_literal(char *out, std::string_view text) noexcept {
  return static_cast<char *>(std::memcpy(out, text.data(), text.size())) + text.size();
}

}  // namespace tapedeck
