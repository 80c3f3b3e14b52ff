// The messages of the stream as JSON text, digits exactly as stored.
#pragma once

#include <string>
#include <string_view>

#include "api/stream_command.hpp"
#include "live/live_hub.hpp"
#include "query/candle_json.hpp"

namespace tapedeck::api {

// Writes message after message into one text that keeps its memory. Threads: one at a time.
class LiveText {
 public:
  // `end` is put before the closing brace of a message: tap_end(), or nothing. What is returned is
  // valid until the next call.
  std::string_view candle(const Series &series, const CandleRow &row, std::string_view source, std::string_view end = {});
  std::string_view tick(std::string_view symbol, const Tick &tick, std::string_view source, std::string_view end = {});

 private:
  void quote(const Tick &tick);
  void trade(const Tick &tick);
  void decimal(std::string_view key, std::int64_t mantissa, int exp);
  void number(std::string_view key, std::int64_t value);
  void quoted(std::string_view text);
  std::string text_;
  TimeWriter time_;
};

// ,"stage":"published","pipeline":"crypto"
std::string tap_end(LiveStage stage, std::string_view pipeline);

// A pipeline that was stopped is an error to whoever subscribed: the three states are fixed.
std::string status_text(const StreamStatus &status);

// `id`: as parse_command() gives it.
std::string subscribed_text(bool subscribed, Channel channel, const Series &series, const std::string &id);
std::string tapped_text(const std::string &pipeline, LiveStage stage, const std::string &id);
std::string error_text(const StreamError &error, const std::string &id);

}  // namespace tapedeck::api
