// What a client of the stream asks for: one JSON message, read strictly.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "live/live_hub.hpp"
#include "market/interval.hpp"

namespace tapedeck::api {

// Sent to the client as {"type":"error","error":{...}}; the connection goes on.
struct StreamError : std::runtime_error {
  StreamError(std::string error_code, const std::string &message, std::string what_to_do = "")
      : std::runtime_error(message), code(std::move(error_code)), hint(std::move(what_to_do)) {}
  std::string code;
  std::string hint;  // empty: none
};

enum class Channel : std::uint8_t { Candles, Quotes, Trades };
std::string_view channel_name(Channel channel) noexcept;  // "candles", "quotes", "trades"

struct StreamCommand {
  enum class Action : std::uint8_t { Subscribe, Unsubscribe, Tap };
  Action action = Action::Subscribe;
  Channel channel = Channel::Quotes;
  std::string symbol;  // as the client writes it
  Interval interval;   // of candles
  std::optional<std::uint32_t> price;  // of candles: TDK_PRICE_*; nothing: the usual one
  std::string pipeline;
  LiveStage stage = LiveStage::Published;
};

// `id` becomes what the client calls its message, as JSON, as soon as it is known; it stays empty when
// there is none. Failures: StreamError.
StreamCommand parse_command(std::string_view json, std::string &id);

std::string_view stage_name(LiveStage stage) noexcept;  // "received", "published", "stored"
std::optional<LiveStage> stage_of(std::string_view name) noexcept;

}  // namespace tapedeck::api
