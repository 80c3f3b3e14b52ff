// A frame of Polygon's WebSockets: an array of events, each by its kind. Pure; safe against any bytes.
#pragma once

#include "symbols.hpp"

#include "kit/candle_rows.hpp"
#include "kit/exact_json.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace polygon {

struct StreamEvent {
  enum class Kind {
    Status,   // of the connection: `status` and `text`
    Candle,   // a whole bar of a second or a minute
    Trade,    // also a value of an index, which has no size
    Quote,    // bid and ask
    OffGrid,  // a bar that begins where none does, as those of indices in the vendor's documents
    Ignored,  // nothing that is read here
  };
  Kind kind = Kind::Ignored;
  std::string_view status, text;

  std::string_view channel;  // "AM", "XT"
  std::string_view symbol;   // as the stream writes it: "AAPL", "EUR/USD", "BTC-USD", "I:SPX"
  std::int64_t time_ns = 0;
  kit::ExactCandle candle;
  std::int64_t length_ms = 0;  // of the candle
  std::optional<kit::Decimal> price, size;                    // of a trade
  std::uint32_t aggressor = 0;                                // TDK_QUOTE_BUY, TDK_QUOTE_SELL, 0: unknown
  std::optional<kit::Decimal> bid, ask, bid_size, ask_size;   // of a quote; nothing: an empty side
};

// Calls on_event for each event, in order; what it points to lives for the call. What an event means
// depends on the market: `AM` of an index has no volume, `T` is a trade of stocks and the name of an
// index. Throws TDK_BAD_DATA for what is no array of events, or lacks what it should have; unknown
// kinds and fields are passed over.
void parse_stream_frame(std::string_view bytes, Market market,
                        const std::function<void(const StreamEvent &)> &on_event);

}  // namespace polygon
