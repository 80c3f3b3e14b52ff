// Trades, quotes and index values: one event for each trade of the market.
#include <algorithm>
#include <array>

#include "sim/hashing.hpp"
#include "sim/polygon/feed.hpp"
#include "sim/polygon/json_writer.hpp"
#include "sim/time_text.hpp"
#include "sim/trade_tape.hpp"

namespace tapedeck::sim::polygon {
namespace {

class TickFeed final : public Feed {
 public:
  TickFeed(const Instrument &instrument, std::string_view channel, std::int64_t now_ms)
      : instrument_(instrument),
        channel_(channel),
        tape_(*instrument.series, now_ms,
              [&instrument](std::int64_t time) { return instrument.open_at(time); }) {}

  std::int64_t next_due() const override { return tape_.due(); }

  std::string step() override {
    std::string event;
    if (const Trade *trade = tape_.trade()) event = written(*trade);
    tape_.advance();
    return event;
  }

 private:
  std::string written(const Trade &trade) const {
    JsonWriter out;
    out.open().text("ev", channel_);
    const std::string name = instrument_.stream_name();
    const Sides sides = sides_about(instrument_, trade);
    if (channel_ == "T")
      write_trade(out.text("sym", name), trade);
    else if (channel_ == "Q")
      write_quote(out.text("sym", name), trade, sides);
    else if (channel_ == "C")
      write_pair(out.text("p", name), trade, sides);
    else if (channel_ == "XT")
      write_crypto(out.text("pair", name), trade);
    else if (channel_ == "XQ")
      out.text("pair", name).number("bp", sides.bid).number("bs", sides.bid_size)
          .number("ap", sides.ask).number("as", sides.ask_size).integer("t", trade.time)
          .integer("x", 1).integer("r", trade.time + 13);
    else
      out.number("val", trade.price).text("T", name).integer("t", trade.time);
    return out.close().take();
  }

  static void write_trade(JsonWriter &out, const Trade &trade) {
    out.text("i", std::to_string(trade.id)).integer("x", 4).number("p", trade.price);
    out.number("s", trade.quantity);
    // Trades without a condition have no list.
    if (trade.id % 4 != 0) out.list("c").integer("", 14).integer("", 41).end_list();
    out.integer("t", trade.time).integer("q", trade.id).integer("z", 3);
  }

  static void write_quote(JsonWriter &out, const Trade &trade, const Sides &sides) {
    out.integer("bx", 4).number("bp", sides.bid).number("bs", sides.bid_size);
    out.integer("ax", 7).number("ap", sides.ask).number("as", sides.ask_size);
    out.integer("c", 0).list("i").integer("", 604).end_list();
    out.integer("t", trade.time).integer("q", trade.id).integer("z", 3);
  }

  /// The exchange is a string in the vendor's example and a number in its schema.
  static void write_pair(JsonWriter &out, const Trade &trade, const Sides &sides) {
    if (trade.id % 2 == 0)
      out.text("x", "44");
    else
      out.integer("x", 48);
    out.number("a", sides.ask).number("b", sides.bid).integer("t", trade.time);
  }

  static void write_crypto(JsonWriter &out, const Trade &trade) {
    out.number("p", trade.price).integer("t", trade.time).number("s", trade.quantity);
    out.list("c").integer("", trade.id % 5 == 0 ? 0 : trade.buyer_is_maker ? 1 : 2).end_list();
    if (trade.id % 2 == 0)
      out.text("i", std::to_string(trade.id));
    else
      out.integer("i", trade.id);
    out.integer("x", 3).integer("r", trade.time + 151);
  }

  const Instrument &instrument_;
  const std::string channel_;
  TradeTape tape_;
};

struct Channel {
  Market market;
  std::string_view name;
  std::int64_t bar_ms = 0;  // 0: no bars
  bool silent = false;
};

constexpr std::array<Channel, 19> kChannels{{
    {Market::Stocks, "AM", kMinuteMs},
    {Market::Stocks, "A", kSecondMs},
    {Market::Stocks, "T"},
    {Market::Stocks, "Q"},
    {Market::Stocks, "LULD", 0, true},
    {Market::Stocks, "NOI", 0, true},
    {Market::Stocks, "FMV", 0, true},
    {Market::Forex, "CA", kMinuteMs},
    {Market::Forex, "CAS", kSecondMs},
    {Market::Forex, "C"},
    {Market::Forex, "FMV", 0, true},
    {Market::Crypto, "XA", kMinuteMs},
    {Market::Crypto, "XAS", kSecondMs},
    {Market::Crypto, "XT"},
    {Market::Crypto, "XQ"},
    {Market::Crypto, "XL2", 0, true},
    {Market::Indices, "AM", kMinuteMs},
    {Market::Indices, "A", kSecondMs},
    {Market::Indices, "V"},
}};

const Channel *find_channel(Market market, std::string_view name) {
  for (const Channel &each : kChannels)
    if (each.market == market && each.name == name) return &each;
  return nullptr;
}

}  // namespace

bool is_channel(Market market, std::string_view channel) {
  return find_channel(market, channel) != nullptr;
}

std::unique_ptr<Feed> make_feed(const Instrument &instrument, std::string_view channel,
                                std::int64_t now_ms, std::int64_t late_bars) {
  const Channel *found = find_channel(instrument.market, channel);
  if (found == nullptr || found->silent) return nullptr;
  if (found->bar_ms > 0)
    return make_bar_feed(instrument, channel, found->bar_ms, now_ms, late_bars);
  return std::make_unique<TickFeed>(instrument, channel, now_ms);
}

}  // namespace tapedeck::sim::polygon
