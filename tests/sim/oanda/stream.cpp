// The stream of prices: a snapshot, then every tick when it happens, and a heartbeat every 5 s.
#include <algorithm>
#include <deque>

#include "sim/hashing.hpp"
#include "sim/oanda/answers.hpp"
#include "sim/oanda/endpoints.hpp"
#include "sim/oanda/price_line.hpp"
#include "sim/oanda/taped_quotes.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim::oanda {
namespace {

constexpr std::int64_t kHeartbeat = 5'060;  // as recorded: 5.06 to 5.08 s
constexpr std::uint64_t kHeartbeatJitter = 20;
constexpr std::int64_t kAhead = kMinuteMs;  // ticks made at once

/// The ticks of one instrument, in order.
class Feed {
 public:
  Feed(const Instrument &instrument, std::int64_t now_ms, StreamPace pace)
      : instrument_(&instrument), start_ms_(now_ms), made_until_(now_ms + 1) {
    fast_ = pace.fast && instrument.history->recorded();
    if (fast_) made_until_ = 0;
    if (!fast_) window_ms_ = pace.window_ms;
    fill();
  }

  const Instrument &instrument() const { return *instrument_; }
  /// When the next one is to be sent; what a fast one is sent by is its place in time.
  std::int64_t due() const {
    if (at_ == ticks_.size()) return kNever;
    return fast_ ? start_ms_ : end_of_window(ticks_[at_].time_ms);
  }
  std::int64_t next_time() const { return at_ == ticks_.size() ? kNever : ticks_[at_].time_ms; }
  /// The last one of its window.
  QuoteTick take() {
    const std::int64_t end = end_of_window(ticks_[at_].time_ms);
    for (;;) {
      const QuoteTick tick = ticks_[at_++];
      if (at_ == ticks_.size()) fill();
      if (window_ms_ == 0 || at_ == ticks_.size() || ticks_[at_].time_ms > end) return tick;
    }
  }
  void restart(std::int64_t now_ms) {
    if (fast_) return;
    made_until_ = now_ms + 1;
    at_ = 0;
    ticks_.clear();
    fill();
  }

 private:
  /// Windows are counted from the opening of the stream.
  std::int64_t end_of_window(std::int64_t time_ms) const {
    if (window_ms_ == 0) return time_ms;
    return start_ms_ + floor_div(time_ms - start_ms_ + window_ms_ - 1, window_ms_) * window_ms_;
  }
  void fill() {
    at_ = 0;
    ticks_.clear();
    while (ticks_.empty() && made_until_ != kNever) {
      const std::int64_t from = instrument_->history->active_from(made_until_);
      made_until_ = from == kNever ? kNever : from + kAhead;
      if (from != kNever) instrument_->history->ticks(from, made_until_, ticks_);
    }
  }

  const Instrument *instrument_;
  bool fast_ = false;
  std::int64_t window_ms_ = 0;
  std::int64_t start_ms_;
  std::int64_t made_until_;  // all ticks before are in `ticks_`, or sent
  std::vector<QuoteTick> ticks_;
  std::size_t at_ = 0;
};

class PriceStream final : public StreamSession {
 public:
  PriceStream(const Context &context, const std::vector<const Instrument *> &wanted, bool snapshot,
              StreamPace pace)
      : form_(context.form), heartbeat_at_(context.now_ms + kHeartbeat) {
    for (const Instrument *instrument : wanted) {
      feeds_.emplace_back(*instrument, context.now_ms, pace);
      const auto tick = instrument->history->latest(context.now_ms);
      if (!snapshot || !tick || (pace.fast && instrument->history->recorded())) continue;
      snapshot_.push_back({instrument, *tick, instrument->history->open(context.now_ms)});
    }
    snapshot_at_ = context.now_ms;
  }

  std::vector<std::string> on_text(std::string_view, std::int64_t) override { return {}; }
  std::int64_t next_due() const override {
    const std::int64_t beat = heartbeat_at_;
    const std::int64_t data = snapshot_.empty() ? next_feed_due() : snapshot_at_;
    return std::min(beat, data);
  }
  bool next(std::int64_t until, StreamMessage &message) override {
    if (next_due() > until) return false;
    message = {};
    if (!snapshot_.empty())
      take_snapshot(message);
    else if (heartbeat_at_ <= next_feed_due())
      take_heartbeat(message);
    else
      take_tick(message);
    return true;
  }
  void restart(std::int64_t now_ms) override {
    for (Feed &feed : feeds_) feed.restart(now_ms);
    heartbeat_at_ = now_ms + kHeartbeat;
  }
  std::vector<std::string> subscriptions() const override {
    std::vector<std::string> names;
    for (const Feed &feed : feeds_) names.push_back(feed.instrument().name);
    return names;
  }
  std::string shutdown_notice(std::int64_t) const override { return {}; }

 private:
  struct Snapshot {
    const Instrument *instrument;
    QuoteTick tick;
    bool tradeable;
  };

  /// By due time, then by the time of the tick: fast ones are all due at once.
  std::size_t next_feed() const {
    const auto first = [](const Feed &a, const Feed &b) {
      return std::pair(a.due(), a.next_time()) < std::pair(b.due(), b.next_time());
    };
    return static_cast<std::size_t>(std::min_element(feeds_.begin(), feeds_.end(), first) -
                                    feeds_.begin());
  }
  std::int64_t next_feed_due() const { return feeds_[next_feed()].due(); }

  void take_snapshot(StreamMessage &message) {
    const Snapshot first = snapshot_.front();
    snapshot_.pop_front();
    message.due = snapshot_at_;
    message.stream = first.instrument->name;
    append_client_price(message.text, *first.instrument, first.tick, first.tradeable, form_,
                        first.instrument->key);
  }

  void take_heartbeat(StreamMessage &message) {
    message.due = heartbeat_at_;
    message.heartbeat = true;
    message.text = heartbeat_line(heartbeat_at_, form_);
    const auto beat = static_cast<std::uint64_t>(heartbeat_at_);
    heartbeat_at_ += kHeartbeat + static_cast<std::int64_t>(hash_at(0x62656174, beat) % kHeartbeatJitter);
  }

  /// Now and then lines go before it that carry no price: an empty book, a type that nobody knows.
  void take_tick(StreamMessage &message) {
    Feed &feed = feeds_[next_feed()];
    message.due = feed.due();
    const QuoteTick tick = feed.take();
    const Instrument &instrument = feed.instrument();
    message.stream = instrument.name;
    const std::uint64_t random = hash_at(instrument.key, sent_++);
    if (random % 512 == 7) {
      append_empty_price(message.text, instrument, tick, form_);
      message.text += '\n';
    }
    if (random % 1'024 == 9) message.text += "{\"type\":\"NOTICE\",\"text\":\"nobody knows this type\"}\n";
    append_client_price(message.text, instrument, tick, true, form_, random >> 16);
  }

  TimeForm form_;
  std::vector<Feed> feeds_;
  std::deque<Snapshot> snapshot_;
  std::int64_t snapshot_at_ = 0;
  std::int64_t heartbeat_at_;
  std::uint64_t sent_ = 0;
};

}  // namespace

std::unique_ptr<StreamSession> make_price_stream(const Context &context, const Query &query,
                                                 StreamPace pace) {
  const std::vector<const Instrument *> wanted = wanted_instruments(context, query);
  return std::make_unique<PriceStream>(context, wanted, query.flag("snapshot").value_or(true), pace);
}

}  // namespace tapedeck::sim::oanda
