// Messages of the WebSocket as values. Pure. What cannot be used throws TDK_BAD_DATA.
#pragma once

#include "kit/decimal.hpp"
#include "refusal.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace twelvedata {

struct StreamPrice {
  std::string symbol;         // without an exchange: "RY" of "RY:TSX"
  std::string exchange, mic;  // empty where there is none
  std::int64_t time_s = 0;    // several may share it
  std::optional<kit::Decimal> price, bid, ask;
};

struct StreamSymbol {
  std::string symbol, exchange, mic;
  std::string message;  // why it failed; may be empty
};
struct SubscribeStatus {
  std::string status;                        // "ok", "warning", "error"
  std::vector<StreamSymbol> success, fails;  // null and missing are empty
  std::string message;                       // "Cant parse message"
};

struct StreamMessage {
  enum class Kind { Price, Status, Heartbeat, Error, Ignored };
  Kind kind = Kind::Ignored;
  StreamPrice price;
  SubscribeStatus status;
  VendorError error;
};

StreamMessage parse_stream_message(std::string_view bytes);

}  // namespace twelvedata
