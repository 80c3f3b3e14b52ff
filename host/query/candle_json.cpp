#include "query/candle_json.hpp"

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

char *write_candle_json(char *p, const tdk_candle_batch &b, std::uint64_t i, TimeWriter &time) {
  p = time.write(write_literal(p, "{\"time\":\""), b.open_time[i]);
  p = write_decimal(write_literal(p, "\",\"open\":\""), b.open[i], b.price_exp);
  p = write_decimal(write_literal(p, "\",\"high\":\""), b.high[i], b.price_exp);
  p = write_decimal(write_literal(p, "\",\"low\":\""), b.low[i], b.price_exp);
  p = write_decimal(write_literal(p, "\",\"close\":\""), b.close[i], b.price_exp);
  if (!has_volume(b, i)) return write_literal(p, "\",\"volume\":null,\"source\":");
  p = write_decimal(write_literal(p, "\",\"volume\":\""), b.volume[i], b.volume_exp);
  return write_literal(p, "\",\"source\":");
}

}  // namespace tapedeck
