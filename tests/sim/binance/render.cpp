#include "sim/binance/render.hpp"

#include "sim/decimal.hpp"

namespace tapedeck::sim::binance {
namespace {

/// More than any row needs: 2 times, 4 prices, 4 volumes of up to 48 bytes, a count, and
/// punctuation.
constexpr std::size_t kRowSpace = 448;

template <std::size_t N>
char *put(char *out, const char (&text)[N]) {
  std::memcpy(out, text, N - 1);
  return out + N - 1;
}

char *put_row(char *out, const Candle &candle, std::int64_t close_time, std::int64_t scale) {
  *out++ = '[';
  out = write_unsigned(out, static_cast<std::uint64_t>(candle.open_time * scale));
  for (const std::int64_t price : {candle.open, candle.high, candle.low, candle.close}) {
    out = put(out, ",\"");
    out = write_decimal(out, price);
    *out++ = '"';
  }
  out = put(out, ",\"");
  out = write_decimal(out, candle.volume);
  out = put(out, "\",");
  out = write_unsigned(out, static_cast<std::uint64_t>(close_time));
  out = put(out, ",\"");
  out = write_decimal(out, candle.quote_volume);
  out = put(out, "\",");
  out = write_unsigned(out, static_cast<std::uint64_t>(candle.trades));
  out = put(out, ",\"");
  out = write_decimal(out, candle.taker_volume);
  out = put(out, "\",\"");
  out = write_decimal(out, candle.taker_quote);
  return put(out, "\",\"0\"],");
}

}  // namespace

std::string render_klines(std::span<const Candle> candles, const Grid &grid, bool microseconds) {
  if (candles.empty()) return "[]";
  thread_local std::string buffer;
  buffer.resize(std::max(buffer.size(), candles.size() * kRowSpace + 2));
  const std::int64_t scale = microseconds ? 1000 : 1;
  char *out = buffer.data();
  *out++ = '[';
  for (const Candle &candle : candles)
    out = put_row(out, candle, grid.shift(candle.open_time, 1) * scale - 1, scale);
  out[-1] = ']';
  return {buffer.data(), out};
}

void append_quoted(std::string &out, Wide mantissa) {
  char text[64];
  char *end = text;
  *end++ = '"';
  end = write_decimal(end, mantissa);
  *end++ = '"';
  out.append(text, end);
}

void ObjectWriter::key(std::string_view name) {
  if (!first_) out_ += ',';
  first_ = false;
  out_.append("\"").append(name).append("\":");
}

ObjectWriter &ObjectWriter::text(std::string_view name, std::string_view value) {
  key(name);
  out_.append("\"").append(value).append("\"");
  return *this;
}

ObjectWriter &ObjectWriter::decimal(std::string_view name, Wide mantissa) {
  key(name);
  append_quoted(out_, mantissa);
  return *this;
}

ObjectWriter &ObjectWriter::integer(std::string_view name, std::int64_t value) {
  key(name);
  out_ += std::to_string(value);
  return *this;
}

ObjectWriter &ObjectWriter::boolean(std::string_view name, bool value) {
  key(name);
  out_ += value ? "true" : "false";
  return *this;
}

}  // namespace tapedeck::sim::binance
