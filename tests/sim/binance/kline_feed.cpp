// Kline frames: a running candle every 2 s if it has traded, and its last word 1 to 1.8 s after it
// has ended.
#include <algorithm>
#include <optional>

#include "sim/binance/feed.hpp"
#include "sim/binance/render.hpp"
#include "sim/hashing.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim::binance {
namespace {

constexpr std::int64_t kPaceMs = 2'000;
constexpr std::int64_t kClosingMs = 1'000;
constexpr std::uint64_t kClosingJitterMs = 801;
constexpr std::uint64_t kPaceKey = 0x70616365;
constexpr std::uint64_t kCloseKey = 0x636c6f73;

class KlineFeed final : public Feed {
 public:
  KlineFeed(const Instrument &instrument, const Interval &interval, std::int64_t now_ms,
            bool microseconds)
      : instrument_(instrument),
        grid_(interval),
        scale_(microseconds ? 1'000 : 1),
        phase_(static_cast<std::int64_t>(hash_at(instrument.key ^ kPaceKey, 0) %
                                         static_cast<std::uint64_t>(kPaceMs))) {
    const std::int64_t running = grid_.floor(now_ms);
    const bool owed = closing_frame_due(instrument_, running) > now_ms;
    begin(owed ? grid_.shift(running, -1) : running, now_ms);
  }

  std::int64_t next_due() const override { return due_; }

  bool step(std::string &payload) override {
    const std::int64_t now = due_;
    if (now < end_) {
      absorb(now);
      const bool traded = candle_ && candle_->trades > shown_;
      if (traded) write(payload, now, false);
      if (traded) shown_ = candle_->trades;
      choose_due(now);
      return false;
    }
    absorb(end_);
    if (candle_) write(payload, now, true);
    begin(end_, now);
    return true;
  }

 private:
  /// Turns to the candle at `open`, as far as it has come before `now`.
  void begin(std::int64_t open, std::int64_t now) {
    open_ = open;
    end_ = grid_.shift(open, 1);
    candle_.reset();
    first_id_ = last_id_ = -1;
    shown_ = 0;
    cursor_ = open;
    load(std::clamp(now, open, end_ - 1));
    if (stretch_.open_time > open) take_closed_stretches();
    choose_due(now);
  }

  /// Everything of the candle before the current stretch, in one question.
  void take_closed_stretches() {
    std::vector<Candle> rows;
    const std::int64_t known = stretch_.open_time - 1;
    instrument_.series->candles({grid_, open_, open_, 1, false, known}, rows);
    cursor_ = stretch_.open_time;
    if (rows.empty()) return;
    candle_ = rows.front();
    shown_ = candle_->trades;
    if (candle_->trades == 0) return;
    Stretch first, before;
    instrument_.series->stretch(std::max(open_, instrument_.series->first_open()), first);
    instrument_.series->stretch(known, before);
    last_id_ = before.first_id - 1;
    for (const Candle &part : before.parts) last_id_ += part.trades;
    const bool known_first = !first.parts.empty() && first.open_time >= open_;
    first_id_ = known_first ? first.first_id : last_id_ - candle_->trades + 1;
  }

  void load(std::int64_t time) {
    instrument_.series->stretch(time, stretch_);
    part_ = 0;
    id_ = stretch_.first_id;
  }

  /// Adds the parts that have ended at `now`.
  void absorb(std::int64_t now) {
    while (cursor_ < end_) {
      if (cursor_ >= stretch_.end() || cursor_ < stretch_.open_time) load(cursor_);
      if (stretch_.parts.empty()) {
        if (stretch_.end() > now) return;
        cursor_ = stretch_.end();
        continue;
      }
      const std::int64_t part_end = stretch_.part_end(part_);
      if (part_end > now) return;
      const Candle &part = stretch_.parts[part_++];
      id_ += part.trades;
      if (part_end > cursor_) add(part);
      cursor_ = std::max(cursor_, part_end);
    }
  }

  void add(const Candle &part) {
    if (candle_)
      append(*candle_, part);
    else
      candle_ = part;
    candle_->open_time = open_;
    if (part.trades == 0) return;
    if (first_id_ < 0) first_id_ = id_ - part.trades;
    last_id_ = id_ - 1;
  }

  void choose_due(std::int64_t now) {
    const std::int64_t next = floor_div(now - phase_, kPaceMs) * kPaceMs + phase_ + kPaceMs;
    due_ = next < end_ ? next : closing_frame_due(instrument_, end_);
  }

  void write(std::string &payload, std::int64_t now, bool closed) const {
    ObjectWriter event(payload);
    event.text("e", "kline").integer("E", now * scale_).text("s", instrument_.symbol);
    payload += ",\"k\":";
    ObjectWriter(payload)
        .integer("t", open_ * scale_)
        .integer("T", end_ * scale_ - 1)
        .text("s", instrument_.symbol)
        .text("i", grid_.interval().name)
        .integer("f", first_id_)
        .integer("L", last_id_)
        .decimal("o", candle_->open)
        .decimal("c", candle_->close)
        .decimal("h", candle_->high)
        .decimal("l", candle_->low)
        .decimal("v", candle_->volume)
        .integer("n", candle_->trades)
        .boolean("x", closed)
        .decimal("q", candle_->quote_volume)
        .decimal("V", candle_->taker_volume)
        .decimal("Q", candle_->taker_quote)
        .text("B", "0")
        .end();
    event.end();
  }

  const Instrument &instrument_;
  const Grid grid_;
  const std::int64_t scale_;
  const std::int64_t phase_;  // the seconds in which this symbol's frames come
  std::int64_t open_ = 0, end_ = 0, due_ = 0;
  std::optional<Candle> candle_;  // what has ended of it
  std::int64_t first_id_ = -1, last_id_ = -1;
  std::int64_t shown_ = 0;   // trades in the last frame
  std::int64_t cursor_ = 0;  // up to which the candle is known
  Stretch stretch_;
  std::size_t part_ = 0;
  std::int64_t id_ = 0;  // of the first trade of the next part
};

}  // namespace

std::int64_t closing_frame_due(const Instrument &instrument, std::int64_t end_ms) {
  const std::uint64_t random =
      hash_at(instrument.key ^ kCloseKey, static_cast<std::uint64_t>(end_ms));
  return end_ms + kClosingMs + static_cast<std::int64_t>(random % kClosingJitterMs);
}

std::unique_ptr<Feed> make_kline_feed(const Instrument &instrument, const Interval &interval,
                                      std::int64_t now_ms, bool microseconds) {
  const Series &series = *instrument.series;
  // What is finer than the history has no candles, in REST neither.
  const bool too_fine = !interval.is_month() && interval.length_ms < series.step_ms();
  if (too_fine) return nullptr;
  return std::make_unique<KlineFeed>(instrument, interval, now_ms, microseconds);
}

}  // namespace tapedeck::sim::binance
