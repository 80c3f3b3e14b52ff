// Bars of a minute or a second: sent some seconds after their end, some of them again when late
// trades have changed them.
#include <algorithm>
#include <deque>

#include "sim/hashing.hpp"
#include "sim/polygon/feed.hpp"
#include "sim/polygon/json_writer.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim::polygon {
namespace {

constexpr std::int64_t kSecondBarMs = 2'000;   // after the end of the second
constexpr std::int64_t kMinuteBarMs = 2'500;
constexpr std::uint64_t kJitterMs = 1'500;
constexpr std::int64_t kCorrectionMs = 75'000;

class BarFeed final : public Feed {
 public:
  BarFeed(const Instrument &instrument, std::string_view channel, std::int64_t length,
          std::int64_t now_ms, std::int64_t late_bars)
      : instrument_(instrument), channel_(channel), length_(length), late_bars_(late_bars) {
    open_ = floor_div(now_ms, length_) * length_;
    while (due_of(open_ - length_) > now_ms) open_ -= length_;
  }

  std::int64_t next_due() const override {
    const std::int64_t due = due_of(open_);
    return corrections_.empty() ? due : std::min(due, correction_due());
  }

  std::string step() override {
    const bool corrects =
        !corrections_.empty() && correction_due() <= due_of(open_);
    std::int64_t open = open_;
    if (corrects) {
      open = corrections_.front();
      corrections_.pop_front();
    } else {
      open_ += length_;
    }
    const bool early = !corrects && is_late(open);
    if (early) corrections_.push_back(open);
    // What comes too early lacks the trades of the last second.
    const std::int64_t known = early ? open + length_ - kSecondMs - 1 : open + length_;
    base_candles(instrument_, length_, open, open, known, rows_);
    return rows_.empty() || rows_.front().trades == 0 ? std::string() : written(rows_.front());
  }

  bool gives_bars() const override { return true; }

 private:
  std::uint64_t random(std::int64_t open) const {
    return hash_at(instrument_.key ^ 0x626172, static_cast<std::uint64_t>(open));
  }
  std::int64_t correction_due() const { return corrections_.front() + length_ + kCorrectionMs; }
  bool is_late(std::int64_t open) const {
    return length_ == kMinuteMs && static_cast<std::int64_t>(random(open) % 100) < late_bars_;
  }
  std::int64_t due_of(std::int64_t open) const {
    const std::int64_t end = open + length_;
    if (length_ < kMinuteMs) return end + kSecondBarMs;
    return end + kMinuteBarMs + static_cast<std::int64_t>((random(open) >> 8) % kJitterMs);
  }

  std::string written(const Candle &bar) {
    JsonWriter out;
    out.open().text("ev", channel_);
    const Market market = instrument_.market;
    const bool pair = market == Market::Forex || market == Market::Crypto;
    out.text(pair ? "pair" : "sym", instrument_.stream_name());
    if (market == Market::Stocks) write_stock(out, bar);
    if (market == Market::Forex) out.integer("v", bar.trades);
    if (market == Market::Crypto) {
      out.number("v", bar.volume).number("vw", average(bar));
      out.number("z", bar.volume / bar.trades / 1'000'000 * 1'000'000);
    }
    if (market == Market::Indices) out.number("op", day_of(bar).open);
    out.number("o", bar.open).number("c", bar.close).number("h", bar.high).number("l", bar.low);
    out.integer("s", bar.open_time);
    // Examples of forex bars lack their end.
    if (market != Market::Forex || random(bar.open_time) % 2 == 0)
      out.integer("e", bar.open_time + length_);
    return out.close().take();
  }

  void write_stock(JsonWriter &out, const Candle &bar) {
    const Candle &day = day_of(bar);
    out.number("v", bar.volume).number("av", day.volume).number("op", day.open);
    out.number("vw", average(bar)).number("a", average(day));
    out.integer("z", static_cast<std::int64_t>(bar.volume / kUnit / bar.trades));
    out.text("dv", number_text(bar.volume) + ".0").text("dav", number_text(day.volume) + ".0");
  }

  static Wide average(const Candle &bar) {
    return bar.volume == 0 ? 0 : bar.quote_volume * kUnit / bar.volume / 10'000 * 10'000;
  }

  /// The day up to and including this bar.
  const Candle &day_of(const Candle &bar) {
    const std::int64_t day = day_open(instrument_.market, bar.open_time);
    if (day != day_start_) {
      day_start_ = day;
      day_ = {};
      const std::int64_t step = std::max(instrument_.series->step_ms(), kMinuteMs);
      base_candles(instrument_, step, day, bar.open_time - 1, bar.open_time - 1, day_rows_);
      for (const Candle &each : day_rows_) add(each);
    }
    if (bar.open_time > summed_) add(bar);
    summed_ = std::max(summed_, bar.open_time);
    return day_;
  }

  void add(const Candle &bar) {
    if (day_.trades == 0)
      day_ = bar;
    else
      append(day_, bar);
  }

  const Instrument &instrument_;
  const std::string channel_;
  const std::int64_t length_, late_bars_;
  std::int64_t open_ = 0;                 // of the next bar
  std::deque<std::int64_t> corrections_;  // opens of bars to be sent again
  std::vector<Candle> rows_, day_rows_;
  Candle day_;
  std::int64_t day_start_ = -1, summed_ = -1;
};

}  // namespace

std::unique_ptr<Feed> make_bar_feed(const Instrument &instrument, std::string_view channel,
                                    std::int64_t length_ms, std::int64_t now_ms,
                                    std::int64_t late_bars) {
  // What is finer than the history has no bars, in REST neither.
  if (length_ms < instrument.series->step_ms()) return nullptr;
  return std::make_unique<BarFeed>(instrument, channel, length_ms, now_ms, late_bars);
}

}  // namespace tapedeck::sim::polygon
