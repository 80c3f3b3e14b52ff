#include "publish/envelope.hpp"

#include <charconv>

#include "base/text.hpp"
#include "market/decimal.hpp"

namespace tapedeck {
namespace {

constexpr std::string_view kVersion = "{\"schema_version\":1,\"event_type\":\"";
constexpr std::size_t kNumberMax = 24;
// Both times, seven decimals with their keys, and a number.
constexpr std::size_t kFiguresMax = 3 * TimeWriter::kMax + 7 * (kDecimalMax + 20) + kNumberMax + 64;

std::string head_of(std::string_view type, std::string_view symbol) {
  return std::string(kVersion) + std::string(type) + "\",\"symbol\":" + json_quoted(symbol) + ",\"timestamp\":\"";
}

std::string tail_of(const EventOrigin &origin) {
  return "},\"correlation_id\":" + json_quoted(origin.correlation_id) + ",\"source\":" + json_quoted(origin.source) + "}";
}

std::string adjustment_of(const Series &series) {
  switch (series.adjustment) {
    case TDK_ADJ_SPLIT: return ",\"adjustment\":\"split\"";
    case TDK_ADJ_ALL: return ",\"adjustment\":\"all\"";
    default: return "";
  }
}

char *write_price(char *p, std::string_view key, std::int64_t mantissa, int exp) {
  p = write_decimal(write_literal(p, key), mantissa, exp);
  *p++ = '"';
  return p;
}

// Nothing where the column or the value is unknown.
char *write_known(char *p, std::string_view key, const std::int64_t *column, std::uint64_t i, int exp) {
  if (column == nullptr || column[i] == TDK_NULL_I64) return p;
  return write_price(p, key, column[i], exp);
}

void append_decimal_or_null(std::string &out, std::string_view key, std::int64_t mantissa, int exp) {
  out += key;
  if (mantissa == TDK_NULL_I64) {
    out += "null";
    return;
  }
  out += '"';
  append_decimal(out, mantissa, exp);
  out += '"';
}

void append_number_or_null(std::string &out, std::string_view key, std::int64_t value) {
  out += key;
  if (value == TDK_NULL_I64)
    out += "null";
  else
    out += std::to_string(value);
}

void append_trade(std::string &out, const Tick &t) {
  out += "\"kind\":\"trade\"";
  append_decimal_or_null(out, ",\"price\":", t.last, t.price_exp);
  append_decimal_or_null(out, ",\"size\":", t.last_size, t.size_exp);
  out += (t.flags & TDK_QUOTE_BUY) != 0    ? ",\"side\":\"buy\""
         : (t.flags & TDK_QUOTE_SELL) != 0 ? ",\"side\":\"sell\""
                                           : ",\"side\":null";
}

void append_quote(std::string &out, const Tick &t) {
  out += "\"kind\":\"quote\"";
  append_decimal_or_null(out, ",\"bid\":", t.bid, t.price_exp);
  append_decimal_or_null(out, ",\"ask\":", t.ask, t.price_exp);
  append_decimal_or_null(out, ",\"bid_size\":", t.bid_size, t.size_exp);
  append_decimal_or_null(out, ",\"ask_size\":", t.ask_size, t.size_exp);
  append_decimal_or_null(out, ",\"last\":", t.last, t.price_exp);
  append_decimal_or_null(out, ",\"last_size\":", t.last_size, t.size_exp);
  append_decimal_or_null(out, ",\"volume\":", t.volume, t.volume_exp);
}

}  // namespace

CandleEnvelope::CandleEnvelope(const Series &series, const EventOrigin &origin)
    : interval_(series.interval),
      head_(head_of("candle", series.symbol)),
      middle_("\",\"data\":{\"interval\":\"" + series.interval.name() + "\",\"price\":\"" +
              std::string(price_type_name(series.price_type)) + "\"" + adjustment_of(series) + ",\"open_time\":\""),
      tail_(tail_of(origin)) {}

// In one stretch of memory: there may be a million of these.
void CandleEnvelope::append(std::string &out, const tdk_candle_batch &b, std::uint64_t i) {
  const std::size_t begin = out.size();
  out.resize(begin + head_.size() + middle_.size() + kFiguresMax + tail_.size());
  char *const first = out.data() + begin;
  char *p = write_literal(first, head_);
  const char *const time = p;
  p = open_.write(p, b.open_time[i]);
  const std::string_view opened(time, static_cast<std::size_t>(p - time));
  p = write_literal(write_literal(p, middle_), opened);
  p = close_.write(write_literal(p, "\",\"close_time\":\""), interval_.next(b.open_time[i]));
  p = write_price(p, "\",\"open\":\"", b.open[i], b.price_exp);
  p = write_price(p, ",\"high\":\"", b.high[i], b.price_exp);
  p = write_price(p, ",\"low\":\"", b.low[i], b.price_exp);
  p = write_price(p, ",\"close\":\"", b.close[i], b.price_exp);
  const bool has_volume = b.volume != nullptr && b.volume[i] != TDK_NULL_I64;
  p = has_volume ? write_price(p, ",\"volume\":\"", b.volume[i], b.volume_exp) : write_literal(p, ",\"volume\":null");
  p = write_known(p, ",\"turnover\":\"", b.turnover, i, b.turnover_exp);
  if (b.trades != nullptr && b.trades[i] != TDK_NULL_I64) {
    p = write_literal(p, ",\"trades\":");
    p = std::to_chars(p, p + kNumberMax, b.trades[i]).ptr;
  }
  p = write_literal(p, tail_);
  out.resize(begin + static_cast<std::size_t>(p - first));
}

TickEnvelope::TickEnvelope(std::string_view symbol, const EventOrigin &origin)
    : head_(head_of("tick", symbol)), tail_(tail_of(origin)) {}

void TickEnvelope::append(std::string &out, const Tick &t) {
  char time[TimeWriter::kMax];
  out += head_;
  out.append(time, time_.write(time, t.time));
  out += "\",\"data\":{";
  t.trade() ? append_trade(out, t) : append_quote(out, t);
  append_number_or_null(out, ",\"sequence\":", t.sequence);
  out += tail_;
}

std::string source_envelope(const SourceEvent &e, std::string_view correlation_id) {
  std::string out = std::string(kVersion) + "source\",\"symbol\":null,\"timestamp\":\"";
  append_time(out, e.at);
  out += "\",\"data\":{\"state\":" + json_quoted(e.state) + ",\"reason\":" + json_quoted(e.reason) +
         ",\"pipeline\":" + json_quoted(e.pipeline) + ",\"symbols\":[";
  for (std::size_t i = 0; i < e.symbols.size(); ++i) out += (i > 0 ? "," : "") + json_quoted(e.symbols[i]);
  return out + "]" + tail_of({e.source, correlation_id});
}

}  // namespace tapedeck
