#include "parse_stream.hpp"

#include "compare.hpp"
#include "intervals.hpp"
#include "parse.hpp"

#include "kit/text.hpp"

#include <tapedeck/abi/market.h>

#include <array>

namespace polygon {
namespace {

using kit::JsonValue;
using Kind = StreamEvent::Kind;

constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr kit::JsonLimits kLimits{16, 1'000'000};

kit::Decimal number(const JsonValue &event, const char *field) {
  const JsonValue value = event[field];
  if (!value.is_number()) value.refuse("is not a number");
  const kit::Decimal out = value.decimal();
  if (out.mantissa < 0) value.refuse("is negative: '" + kit::excerpt(value.number()) + "'");
  return out;
}

std::optional<kit::Decimal> number_or_none(const JsonValue &event, const char *field) {
  if (!event[field].exists()) return {};
  return number(event, field);
}

// Zero means that there is none.
std::optional<kit::Decimal> side(const JsonValue &event, const char *field) {
  const auto out = number_or_none(event, field);
  return out && out->mantissa != 0 ? out : std::nullopt;
}

std::int64_t time_of(const JsonValue &event, const char *field) {
  const std::int64_t ns = time_ns_of(event[field].whole_number());
  if (ns == 0) event[field].refuse("is no time");
  return ns;
}

// Every bar is whole; the same one comes again when late trades have changed it. Its end is missing
// from examples of forex, and equals its start in one of indices, so it is not looked at.
void read_bar(const JsonValue &event, std::int64_t length_ms, Market market, StreamEvent &out) {
  out.kind = Kind::Candle;
  out.length_ms = length_ms;
  out.time_ns = time_of(event, "s");
  if (out.time_ns % (length_ms * kNsPerMs) != 0) {
    out.kind = Kind::OffGrid;
    return;
  }
  kit::ExactCandle &c = out.candle;
  c = {};
  c.open_time = out.time_ns;
  c.open = number(event, "o");
  c.high = number(event, "h");
  c.low = number(event, "l");
  c.close = number(event, "c");
  if (less(c.open, c.low) || less(c.high, c.open) || less(c.close, c.low) || less(c.high, c.close))
    event.refuse("has a price outside of its low and high");
  // Of forex it counts quotes.
  if (market == Market::Forex)
    c.trades = event["v"].whole_number_or(TDK_NULL_I64);
  else
    c.volume = number_or_none(event, "v");
  if (c.trades != TDK_NULL_I64 && c.trades < 0) event["v"].refuse("is negative");
}

void read_stock_trade(const JsonValue &event, StreamEvent &out) {
  out.kind = Kind::Trade;
  out.price = number(event, "p");
  out.size = number_or_none(event, "s");
  out.time_ns = time_of(event, "t");
}

// Conditions: 0 none, 1 the seller was the aggressor, 2 the buyer.
void read_crypto_trade(const JsonValue &event, StreamEvent &out) {
  read_stock_trade(event, out);
  if (!event["c"].is_array()) return;
  for (const JsonValue c : event["c"].children()) {
    if (!c.is_number()) continue;
    if (c.number() == "1") out.aggressor = TDK_QUOTE_SELL;
    if (c.number() == "2") out.aggressor = TDK_QUOTE_BUY;
  }
}

void read_value(const JsonValue &event, StreamEvent &out) {
  out.kind = Kind::Trade;
  out.price = number(event, "val");
  out.time_ns = time_of(event, "t");
}

void read_quote(const JsonValue &event, StreamEvent &out) {
  out.kind = Kind::Quote;
  out.bid = side(event, "bp");
  out.ask = side(event, "ap");
  if (out.bid) out.bid_size = number_or_none(event, "bs");
  if (out.ask) out.ask_size = number_or_none(event, "as");
  out.time_ns = time_of(event, "t");
}

void read_forex_quote(const JsonValue &event, StreamEvent &out) {
  out.kind = Kind::Quote;
  out.bid = side(event, "b");
  out.ask = side(event, "a");
  out.time_ns = time_of(event, "t");
}

enum class Shape { MinuteBar, SecondBar, StockTrade, CryptoTrade, Value, Quote, ForexQuote };

// Names of events collide between markets, so both decide; and so does what holds the symbol.
struct Channel {
  Market market;
  std::string_view ev;
  Shape shape;
  const char *symbol;
};
constexpr std::array<Channel, 14> kChannels{{
    {Market::Stocks, "AM", Shape::MinuteBar, "sym"},
    {Market::Stocks, "A", Shape::SecondBar, "sym"},
    {Market::Stocks, "T", Shape::StockTrade, "sym"},
    {Market::Stocks, "Q", Shape::Quote, "sym"},
    {Market::Forex, "CA", Shape::MinuteBar, "pair"},
    {Market::Forex, "CAS", Shape::SecondBar, "pair"},
    {Market::Forex, "C", Shape::ForexQuote, "p"},
    {Market::Crypto, "XA", Shape::MinuteBar, "pair"},
    {Market::Crypto, "XAS", Shape::SecondBar, "pair"},
    {Market::Crypto, "XT", Shape::CryptoTrade, "pair"},
    {Market::Crypto, "XQ", Shape::Quote, "pair"},
    {Market::Indices, "AM", Shape::MinuteBar, "sym"},
    {Market::Indices, "A", Shape::SecondBar, "sym"},
    {Market::Indices, "V", Shape::Value, "T"},
}};

const Channel *find_channel(Market market, std::string_view ev) {
  for (const Channel &c : kChannels)
    if (c.market == market && c.ev == ev) return &c;
  return nullptr;
}

void read_data(const JsonValue &event, const Channel &channel, StreamEvent &out) {
  out.channel = channel.ev;
  out.symbol = event[channel.symbol].text();
  switch (channel.shape) {
    case Shape::MinuteBar:
      return read_bar(event, kMinuteMs, channel.market, out);
    case Shape::SecondBar:
      return read_bar(event, kSecondMs, channel.market, out);
    case Shape::StockTrade:
      return read_stock_trade(event, out);
    case Shape::CryptoTrade:
      return read_crypto_trade(event, out);
    case Shape::Value:
      return read_value(event, out);
    case Shape::Quote:
      return read_quote(event, out);
    case Shape::ForexQuote:
      return read_forex_quote(event, out);
  }
}

StreamEvent read_event(const JsonValue &event, Market market) {
  if (!event.is_object()) event.refuse("is not an object");
  StreamEvent out;
  const std::string_view ev = event["ev"].text();
  if (ev == "status") {
    out.kind = Kind::Status;
    out.status = event["status"].text();
    out.text = event["message"].text_or({});
  } else if (const Channel *channel = find_channel(market, ev)) {
    read_data(event, *channel, out);
  }
  return out;
}

}  // namespace

void parse_stream_frame(std::string_view bytes, Market market,
                        const std::function<void(const StreamEvent &)> &on_event) {
  const kit::ExactJson tree(bytes, std::string("polygon ") + name_of(market) + " stream", kLimits);
  if (!tree.root().is_array()) tree.root().refuse("is not an array");
  for (const JsonValue event : tree.root().children()) on_event(read_event(event, market));
}

}  // namespace polygon
