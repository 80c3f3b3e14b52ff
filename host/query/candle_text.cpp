#include "query/candle_text.hpp"

#include <cstring>
#include <string_view>

#include "base/text.hpp"
#include "market/decimal.hpp"
#include "market/time.hpp"

namespace tapedeck {
namespace {

// "2024-01-01T00:00:00Z", with the date kept from row to row: most rows share it.
class TimeWriter {
 public:
  char *write(char *out, Nanos time) {
    const Nanos day = time - ((time % kDay) + kDay) % kDay;
    if (day != day_) {
      day_ = day;
      date_.clear();
      append_time(date_, day);
      date_.resize(11);  // "2024-01-01T"
    }
    const Nanos rest = time - day;
    if (rest % kSecond != 0) {
      std::string text;
      append_time(text, time);
      return static_cast<char *>(std::memcpy(out, text.data(), text.size())) + text.size();
    }
    std::memcpy(out, date_.data(), 11);
    const auto seconds = static_cast<unsigned>(rest / kSecond);
    two(out + 11, seconds / 3600);
    out[13] = ':';
    two(out + 14, seconds / 60 % 60);
    out[16] = ':';
    two(out + 17, seconds % 60);
    out[19] = 'Z';
    return out + 20;
  }

 private:
  static void two(char *out, unsigned v) {
    out[0] = static_cast<char>('0' + v / 10);
    out[1] = static_cast<char>('0' + v % 10);
  }
  Nanos day_ = INT64_MIN;
  std::string date_;
};

char *literal(char *out, std::string_view text) {
  return static_cast<char *>(std::memcpy(out, text.data(), text.size())) + text.size();
}

// The longest row: a time, five decimals and the JSON around them.
constexpr std::size_t kRowMax = 64 + 5 * (kDecimalMax + 16);

struct Row {
  const tdk_candle_batch &b;
  std::uint64_t i;
  bool has_volume() const { return b.volume != nullptr && b.volume[i] != TDK_NULL_I64; }
};

char *write_csv(char *p, const Row &r, TimeWriter &time) {
  p = time.write(p, r.b.open_time[r.i]);
  for (const std::int64_t *column : {r.b.open, r.b.high, r.b.low, r.b.close}) {
    *p++ = ',';
    p = write_decimal(p, column[r.i], r.b.price_exp);
  }
  *p++ = ',';
  if (r.has_volume()) p = write_decimal(p, r.b.volume[r.i], r.b.volume_exp);
  *p++ = ',';
  return p;
}

char *write_json(char *p, const Row &r, TimeWriter &time) {
  p = time.write(literal(p, "{\"time\":\""), r.b.open_time[r.i]);
  p = write_decimal(literal(p, "\",\"open\":\""), r.b.open[r.i], r.b.price_exp);
  p = write_decimal(literal(p, "\",\"high\":\""), r.b.high[r.i], r.b.price_exp);
  p = write_decimal(literal(p, "\",\"low\":\""), r.b.low[r.i], r.b.price_exp);
  p = write_decimal(literal(p, "\",\"close\":\""), r.b.close[r.i], r.b.price_exp);
  if (!r.has_volume()) return literal(p, "\",\"volume\":null,\"source\":");
  p = write_decimal(literal(p, "\",\"volume\":\""), r.b.volume[r.i], r.b.volume_exp);
  return literal(p, "\",\"source\":");
}

// A name with what CSV wants quoted is rare; it is quoted all the same.
std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\n\r") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (char c : text) out.append(c == '"' ? 2 : 1, c);
  return out + '"';
}

}  // namespace

std::string csv_header() { return "time,open,high,low,close,volume,source\n"; }

std::string_view CandleText::render(const tdk_candle_batch &b) {
  const std::string_view source(b.source.data != nullptr ? b.source.data : "", b.source.size);
  const bool csv = format_ == CandleFormat::Csv;
  const std::string tail = csv ? csv_field(source) + "\n"
                               : json_quoted(source) + (format_ == CandleFormat::Json ? "}" : "}\n");
  const std::size_t needed = b.count * (kRowMax + tail.size() + 1);
  if (buffer_.size() < needed) buffer_.resize(needed);
  TimeWriter time;
  char *p = buffer_.data();
  for (std::uint64_t i = 0; i < b.count; ++i) {
    if (b.state != nullptr && (b.state[i] & TDK_CANDLE_FORMING) != 0) continue;
    if (format_ == CandleFormat::Json && rows_ > 0) *p++ = ',';
    p = csv ? write_csv(p, {b, i}, time) : write_json(p, {b, i}, time);
    p = literal(p, tail);
    ++rows_;
  }
  return {buffer_.data(), static_cast<std::size_t>(p - buffer_.data())};
}

}  // namespace tapedeck
