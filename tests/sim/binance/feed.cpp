#include "sim/binance/feed.hpp"

#include <algorithm>

#include "sim/binance/book.hpp"
#include "sim/binance/render.hpp"
#include "sim/binance/tickers.hpp"
#include "sim/hashing.hpp"
#include "sim/time_text.hpp"
#include "sim/trade_tape.hpp"

namespace tapedeck::sim::binance {
namespace {

class TradeFeed final : public Feed {
 public:
  TradeFeed(const Instrument &instrument, std::int64_t now_ms, std::int64_t scale, bool aggregate)
      : instrument_(instrument),
        tape_(*instrument.series, now_ms),
        scale_(scale),
        aggregate_(aggregate) {}

  std::int64_t next_due() const override { return tape_.due(); }

  bool step(std::string &payload) override {
    if (const Trade *trade = tape_.trade()) write(payload, *trade);
    tape_.advance();
    return false;
  }

 private:
  void write(std::string &payload, const Trade &trade) const {
    const std::int64_t time = trade.time * scale_;
    ObjectWriter event(payload);
    event.text("e", aggregate_ ? "aggTrade" : "trade")
        .integer("E", time)
        .text("s", instrument_.symbol)
        .integer(aggregate_ ? "a" : "t", trade.id)
        .decimal("p", trade.price)
        .decimal("q", trade.quantity);
    if (aggregate_) event.integer("f", trade.id).integer("l", trade.id);
    event.integer("T", time).boolean("m", trade.buyer_is_maker).boolean("M", true).end();
  }

  const Instrument &instrument_;
  TradeTape tape_;
  std::int64_t scale_;
  bool aggregate_;
};

/// The best of the book after the trades of a tenth of a second, numbered as `depth` numbers it.
class BookTickerFeed final : public Feed {
 public:
  BookTickerFeed(const Instrument &instrument, std::int64_t now_ms)
      : instrument_(instrument), tape_(*instrument.series, now_ms) {}

  std::int64_t next_due() const override {
    return (floor_div(tape_.due(), kBookUpdateMs) + 1) * kBookUpdateMs;
  }

  bool step(std::string &payload) override {
    const std::int64_t now = next_due();
    std::int64_t price = 0;
    while (tape_.due() < now) {
      if (const Trade *trade = tape_.trade()) price = trade->price;
      tape_.advance();
    }
    if (price > 0) write(payload, now / kBookUpdateMs, price);
    return false;
  }

 private:
  void write(std::string &payload, std::int64_t update, std::int64_t price) const {
    const Book book = book_about(instrument_, price, update, 1);
    if (book.bids.empty()) return;
    ObjectWriter(payload)
        .integer("u", update)
        .text("s", instrument_.symbol)
        .decimal("b", book.bids.front().price)
        .decimal("B", book.bids.front().quantity)
        .decimal("a", book.asks.front().price)
        .decimal("A", book.asks.front().quantity)
        .end();
  }

  const Instrument &instrument_;
  TradeTape tape_;
};

/// The day's values once a second, when they have changed.
class DayFeed final : public Feed {
 public:
  DayFeed(const Instrument &instrument, std::int64_t now_ms, std::int64_t scale, bool full)
      : instrument_(instrument),
        due_((floor_div(now_ms, kSecondMs) + 1) * kSecondMs),
        scale_(scale),
        full_(full) {}

  std::int64_t next_due() const override { return due_; }

  bool step(std::string &payload) override {
    const std::int64_t now = due_;
    due_ += kSecondMs;
    if (!instrument_.trading()) return false;
    const DayValues day = day_values(instrument_, now);
    if (day.candle.trades == 0 || day.candle == shown_) return false;
    shown_ = day.candle;
    ObjectWriter event(payload);
    event.text("e", full_ ? "24hrTicker" : "24hrMiniTicker")
        .integer("E", now * scale_)
        .text("s", instrument_.symbol);
    if (full_) write_change(event, day);
    event.decimal("c", day.candle.close);
    if (full_) write_best(event, day, now);
    event.decimal("o", day.candle.open)
        .decimal("h", day.candle.high)
        .decimal("l", day.candle.low)
        .decimal("v", day.candle.volume)
        .decimal("q", day.candle.quote_volume);
    if (full_)
      event.integer("O", (now - kDayMs) * scale_)
          .integer("C", now * scale_)
          .integer("F", day.first_id)
          .integer("L", day.last_id)
          .integer("n", day.candle.trades);
    event.end();
    return false;
  }

 private:
  static void write_change(ObjectWriter &event, const DayValues &day) {
    event.decimal("p", day.candle.close - day.candle.open)
        .text("P", day.change_percent)
        .decimal("w", day.average)
        .decimal("x", day.candle.open);
  }

  void write_best(ObjectWriter &event, const DayValues &day, std::int64_t now) const {
    const Book book = make_book(instrument_, now, 1);
    const Level bid = book.bids.empty() ? Level{} : book.bids.front();
    const Level ask = book.asks.empty() ? Level{} : book.asks.front();
    event.decimal("Q", day.last.quantity)
        .decimal("b", bid.price)
        .decimal("B", bid.quantity)
        .decimal("a", ask.price)
        .decimal("A", ask.quantity);
  }

  const Instrument &instrument_;
  std::int64_t due_;
  std::int64_t scale_;
  bool full_;
  Candle shown_;
};

}  // namespace

std::unique_ptr<Feed> make_feed(const StreamName &name, const Listing &listing, std::int64_t now_ms,
                                bool microseconds) {
  const Instrument *instrument = listing.find(name.symbol);
  if (instrument == nullptr) return nullptr;
  const std::int64_t scale = microseconds ? 1'000 : 1;
  switch (name.kind) {
    case StreamKind::Trade:
    case StreamKind::AggregateTrade:
      return std::make_unique<TradeFeed>(*instrument, now_ms, scale,
                                         name.kind == StreamKind::AggregateTrade);
    case StreamKind::BookTicker:
      return std::make_unique<BookTickerFeed>(*instrument, now_ms);
    case StreamKind::Kline:
      return make_kline_feed(*instrument, name.interval, now_ms, microseconds);
    case StreamKind::MiniTicker:
    case StreamKind::Ticker:
      return std::make_unique<DayFeed>(*instrument, now_ms, scale, name.kind == StreamKind::Ticker);
    case StreamKind::Silent:
      break;
  }
  return nullptr;
}

}  // namespace tapedeck::sim::binance
