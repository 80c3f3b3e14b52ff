#include "query/candle_text.hpp"

#include <string_view>

#include "base/text.hpp"
#include "query/candle_json.hpp"

namespace tapedeck {
namespace {

char *write_csv(char *p, const tdk_candle_batch &b, std::uint64_t i, TimeWriter &time) {
  p = time.write(p, b.open_time[i]);
  for (const std::int64_t *column : {b.open, b.high, b.low, b.close}) {
    *p++ = ',';
    p = write_decimal(p, column[i], b.price_exp);
  }
  *p++ = ',';
  if (has_volume(b, i)) p = write_decimal(p, b.volume[i], b.volume_exp);
  *p++ = ',';
  return p;
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
  const std::size_t needed = b.count * (kCandleJsonMax + tail.size() + 1);
  if (buffer_.size() < needed) buffer_.resize(needed);
  TimeWriter time;
  char *p = buffer_.data();
  for (std::uint64_t i = 0; i < b.count; ++i) {
    if (b.state != nullptr && (b.state[i] & TDK_CANDLE_FORMING) != 0) continue;
    if (format_ == CandleFormat::Json && rows_ > 0) *p++ = ',';
    p = csv ? write_csv(p, b, i, time) : write_candle_json(p, b, i, time);
    p = write_literal(p, tail);
    ++rows_;
  }
  return {buffer_.data(), static_cast<std::size_t>(p - buffer_.data())};
}

}  // namespace tapedeck
