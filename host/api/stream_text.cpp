#include "api/stream_text.hpp"

#include <charconv>

#include "api/json_writer.hpp"
#include "base/text.hpp"

namespace tapedeck::api {

void LiveText::quoted(std::string_view text) {
  text_ += '"';
  append_json_escaped(text_, text);
  text_ += '"';
}

// ,"bid":"65000.10"
void LiveText::decimal(std::string_view key, std::int64_t mantissa, int exp) {
  text_ += key;
  if (mantissa == TDK_NULL_I64) {
    text_ += "null";
    return;
  }
  text_ += '"';
  append_decimal(text_, mantissa, exp);
  text_ += '"';
}

void LiveText::number(std::string_view key, std::int64_t value) {
  text_ += key;
  if (value == TDK_NULL_I64) {
    text_ += "null";
    return;
  }
  char digits[24];
  text_.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

std::string_view LiveText::candle(const Series &series, const CandleRow &row, std::string_view source, std::string_view end) {
  text_ = "{\"type\":\"candle\",\"symbol\":";
  quoted(series.symbol);
  text_ += ",\"interval\":\"";
  text_ += series.interval.name();
  text_ += "\",\"price\":\"";
  text_ += price_type_name(series.price_type);
  text_ += "\",\"candle\":";
  char candle[kCandleJsonMax];
  text_.append(candle, write_candle_json(candle, batch_of(row), 0, time_));
  quoted(source);
  text_ += row.forming() ? "},\"is_closed\":false" : "},\"is_closed\":true";
  text_ += end;
  return text_ += '}';
}

void LiveText::quote(const Tick &t) {
  decimal(",\"bid\":", t.bid, t.price_exp);
  decimal(",\"ask\":", t.ask, t.price_exp);
  decimal(",\"bid_size\":", t.bid_size, t.size_exp);
  decimal(",\"ask_size\":", t.ask_size, t.size_exp);
  decimal(",\"last\":", t.last, t.price_exp);
  decimal(",\"last_size\":", t.last_size, t.size_exp);
  decimal(",\"volume\":", t.volume, t.volume_exp);
}

void LiveText::trade(const Tick &t) {
  decimal(",\"price\":", t.last, t.price_exp);
  decimal(",\"size\":", t.last_size, t.size_exp);
  text_ += (t.flags & TDK_QUOTE_BUY) != 0    ? ",\"side\":\"buy\""
           : (t.flags & TDK_QUOTE_SELL) != 0 ? ",\"side\":\"sell\""
                                             : ",\"side\":null";
}

std::string_view LiveText::tick(std::string_view symbol, const Tick &t, std::string_view source, std::string_view end) {
  text_ = t.trade() ? "{\"type\":\"trade\",\"symbol\":" : "{\"type\":\"quote\",\"symbol\":";
  quoted(symbol);
  char time[TimeWriter::kMax];
  text_ += ",\"time\":\"";
  text_.append(time, time_.write(time, t.time));
  text_ += '"';
  t.trade() ? trade(t) : quote(t);
  number(",\"sequence\":", t.sequence);
  text_ += ",\"source\":";
  quoted(source);
  text_ += end;
  return text_ += '}';
}

std::string tap_end(LiveStage stage, std::string_view pipeline) {
  return ",\"stage\":" + json_quoted(stage_name(stage)) + ",\"pipeline\":" + json_quoted(pipeline);
}

std::string status_text(const StreamStatus &s) {
  const StreamState shown = s.state == StreamState::Stopped ? StreamState::Error : s.state;
  const bool silent_stop = s.state == StreamState::Stopped && s.message.empty();
  JsonWriter json;
  json.begin('{').key("type").text("status").key("status").text(stream_state_name(shown));
  json.key("message").text(silent_stop ? "the stream was stopped" : printable(s.message, 400));
  json.key("source").text(s.source).key("pipeline").text(s.pipeline).key("symbols").texts(s.symbols).end('}');
  return json.take();
}

namespace {

std::string with_id(JsonWriter &json, const std::string &id) {
  if (!id.empty()) json.key("id").raw(id);
  return json.end('}').take();
}

}  // namespace

std::string subscribed_text(bool subscribed, Channel channel, const Series &series, const std::string &id) {
  JsonWriter json;
  json.begin('{').key("type").text(subscribed ? "subscribed" : "unsubscribed");
  json.key("symbol").text(series.symbol);
  if (channel == Channel::Candles) json.key("interval").text(series.interval.name()).key("price").text(price_type_name(series.price_type));
  json.key("channel").text(channel_name(channel));
  return with_id(json, id);
}

std::string tapped_text(const std::string &pipeline, LiveStage stage, const std::string &id) {
  JsonWriter json;
  json.begin('{').key("type").text("tapped").key("pipeline").text(pipeline).key("stage").text(stage_name(stage));
  return with_id(json, id);
}

std::string error_text(const StreamError &error, const std::string &id) {
  JsonWriter json;
  json.begin('{').key("type").text("error").key("error").begin('{');
  json.key("code").text(error.code).key("message").text(printable(error.what(), 400));
  if (!error.hint.empty()) json.key("hint").text(error.hint);
  json.end('}');
  return with_id(json, id);
}

}  // namespace tapedeck::api
