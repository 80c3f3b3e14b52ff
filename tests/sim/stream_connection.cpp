#include "sim/stream_connection.hpp"

#include <algorithm>
#include <utility>

namespace tapedeck::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// More is not made before the client has taken some.
constexpr std::size_t kHighWater = 1 << 18;
constexpr milliseconds kRateWindow{1'000};
/// By the simulator's clock, of a connection on which nothing is due.
constexpr std::int64_t kLongestWaitMs = 86'400'000;
/// Pings remembered of a client that answers none, or that sleeps while the clock runs on.
constexpr std::size_t kMostUnanswered = 4'096;

template <class T>
void at_most(std::optional<T> &limit, std::optional<T> other) {
  if (other && (!limit || *other < *limit)) limit = other;
}

}  // namespace

StreamConnection::StreamConnection(const Parts &parts, Entry entry, int descriptor)
    : parts_(parts),
      session_(std::move(entry.session)),
      status_(parts.hub.status(*entry.link)),
      rules_(parts.vendor.stream_rules()),
      link_(std::move(entry.link)),
      socket_(descriptor, link_->waker, rules_.lines ? Framing::Lines : Framing::WebSocket,
              status_.id),
      now_(entry.opened),
      next_ping_ms_(entry.opened.now_ms + rules_.ping_every_ms) {
  ++counted_.opened;
}

StreamConnection::~StreamConnection() { parts_.hub.close(link_); }

void StreamConnection::serve() {
  while (open_) {
    link_->waker.drain();
    const SimClock::Reading before = std::exchange(now_, parts_.clock.reading());
    if (before.jumps != now_.jumps) {
      session_->restart(now_.now_ms);
      next_ping_ms_ = std::min(next_ping_ms_, now_.now_ms + rules_.ping_every_ms);
    }
    if (parts_.hub.stopping()) return end("stopped");
    for (const FaultPlan::Hit &hit : std::exchange(orders_, {}))
      if (open_) apply(hit, nullptr);
    if (open_) say_notices();
    if (open_) receive();
    const bool all = open_ && !obey_ending() && emit();
    if (open_) keep_rules();
    if (open_ && !socket_.flush()) return end("client");
    if (open_) publish(all && socket_.pending() == 0);
    if (open_ && orders_.empty()) socket_.wait(patience_left());
  }
}

void StreamConnection::receive() {
  const bool here = socket_.receive(in_);
  if (socket_.framing() == Framing::Lines) in_.clear();
  Frame frame;
  while (open_) {
    const Decoded decoded = take_frame(in_, frame);
    if (decoded == Decoded::NeedMore) break;
    if (decoded == Decoded::Broken)
      return end_with_close(kCloseProtocol, "invalid frame", "protocol error");
    on_frame(frame);
  }
  if (!here && open_) end("client");
}

void StreamConnection::on_frame(const Frame &frame) {
  ++counted_.received;
  if (frame.opcode == Opcode::Pong) return on_pong(frame.payload);
  if (frame.opcode == Opcode::Close) {
    if (half_open_until_ <= now_.now_ms) socket_.send(Opcode::Close, frame.payload);
    return end("client");
  }
  if (!within_rate(moment())) return;
  if (frame.opcode == Opcode::Ping) {
    if (half_open_until_ <= now_.now_ms) socket_.send(Opcode::Pong, frame.payload);
    return;
  }
  fragments_ += frame.payload;
  if (fragments_.size() > kMaxClientFrame)
    return end_with_close(kClosePolicy, "Payload too long", "protocol error");
  if (frame.final) on_text(std::exchange(fragments_, {}));
}

/// A right answer counts as sent with its ping: when the clock leaps, answers come in bunches that
/// no client could avoid.
void StreamConnection::on_pong(const std::string &payload) {
  const auto answered = std::find_if(unanswered_.begin(), unanswered_.end(),
                                     [&](const Ping &ping) { return ping.payload == payload; });
  if (answered == unanswered_.end()) {
    within_rate(moment());
    return;
  }
  const Moment sent = answered->sent;
  unanswered_.erase(unanswered_.begin(), answered + 1);
  ++counted_.pongs;
  ++status_.pongs;
  within_rate(sent);
}

void StreamConnection::on_text(const std::string &text) {
  const bool silent = half_open_until_ > now_.now_ms;
  for (const std::string &reply : session_->on_text(text, now_.now_ms))
    if (!silent) socket_.send(Opcode::Text, reply);
  status_.subscriptions = session_->subscriptions();
}

/// Too many only if they are by the simulator's clock and in real time: a client paces itself by
/// one of them, and must not suffer from the other.
bool StreamConnection::within_rate(const Moment &arrival) {
  if (rules_.messages_per_second <= 0) return true;
  const auto most = static_cast<std::size_t>(rules_.messages_per_second);
  const auto recent = [&](const Moment &other) {
    return std::abs(arrival.sim_ms - other.sim_ms) < kRateWindow.count() &&
           arrival.real - other.real < kRateWindow;
  };
  arrivals_.push_back(arrival);
  if (arrivals_.size() > 4 * most) arrivals_.pop_front();
  const auto count = std::count_if(arrivals_.begin(), arrivals_.end(), recent);
  if (static_cast<std::size_t>(count) <= most) return true;
  parts_.vendor.punish(status_.client);
  end_with_close(kClosePolicy, "Too many requests", "message rate");
  return false;
}

std::int64_t StreamConnection::life_end() const {
  return status_.opened_ms + parts_.hub.life_ms().value_or(rules_.life_ms);
}

void StreamConnection::say_notices() {
  const bool silent = half_open_until_ > now_.now_ms;
  for (const std::string &notice : session_->notices(now_.now_ms))
    if (!silent) socket_.send(Opcode::Text, notice);
}

/// Ends the connection when its session wants that: what was said arrives before a reset.
bool StreamConnection::obey_ending() {
  constexpr milliseconds patience{1'000}, before_reset{20};
  const auto ending = session_->ending();
  if (!ending) return false;
  if (ending->code != 0) {
    end_with_close(ending->code, ending->text, ending->reason);
    return true;
  }
  socket_.flush_all(patience);
  socket_.drip({}, before_reset);
  socket_.reset();
  open_ = false;
  ++counted_.ended[ending->reason];
  publish(false);
  parts_.hub.close(link_);
  return true;
}

void StreamConnection::keep_rules() {
  if (now_.now_ms >= shutdown_at_)
    return end_with_close(kCloseGoingAway, "server shutdown", "server shutdown");
  if (now_.now_ms >= life_end())
    return end_with_close(kCloseGoingAway, "24 hours are over", "life");
  if (now_.now_ms >= next_ping_ms_) send_ping();
  check_pong();
  if (open_ && socket_.stalled() > parts_.patience.slow_client) {
    socket_.reset();
    end("slow client");
  }
}

/// One ping, however many have become due since the last.
void StreamConnection::send_ping() {
  next_ping_ms_ = now_.now_ms + rules_.ping_every_ms;
  if (half_open_until_ > now_.now_ms) return;
  const std::string payload = std::to_string(now_.now_ms);
  socket_.send(Opcode::Ping, payload);
  if (unanswered_.size() < kMostUnanswered) unanswered_.push_back({payload, moment()});
  ++counted_.pings;
  ++status_.pings;
}

void StreamConnection::check_pong() {
  if (unanswered_.empty() || half_open_until_ > now_.now_ms) return;
  const Moment &sent = unanswered_.front().sent;
  const bool late = now_.now_ms - sent.sim_ms >= rules_.pong_within_ms &&
                    Steady::now() - sent.real >= parts_.patience.pong;
  if (late) end_with_close(kClosePolicy, "Pong timeout", "pong timeout");
}

/// Sends what is due; false when the client has to take some of it first.
bool StreamConnection::emit() {
  const std::int64_t until = std::min({now_.now_ms, life_end(), shutdown_at_});
  StreamMessage message;
  while (open_) {
    if (socket_.pending() >= kHighWater && !(socket_.flush() && socket_.pending() == 0))
      return false;
    if (!next_message(until, message)) return true;
    send_data(std::move(message));
  }
  return true;
}

/// The next message by time, be it the session's or one that is held back.
bool StreamConnection::next_message(std::int64_t until, StreamMessage &message) {
  if (late_.empty()) return session_->next(until, message);
  const std::int64_t due = late_.front().due;
  if (session_->next(std::min(until, due), message)) return true;
  if (due > until) return false;
  message = std::move(late_.front().message);
  message.due = due;
  late_.erase(late_.begin());
  if (!is_silent(message)) write_data(message);
  return next_message(until, message);
}

bool StreamConnection::is_silent(const StreamMessage &message) const {
  if (message.due < half_open_until_) return true;
  if (message.heartbeat) return false;
  return std::any_of(mutes_.begin(), mutes_.end(), [&](const Mute &mute) {
    return message.due < mute.until && names(mute.fault, message.stream);
  });
}

void StreamConnection::send_data(StreamMessage message) {
  if (message.heartbeat) return send_heartbeat(message);
  const auto hit = parts_.faults.take_message(
      {parts_.vendor.name(), status_.path, message.stream, message.closing, message.due});
  if (hit) {
    apply(*hit, &message);
  } else if (!is_silent(message)) {
    write_data(message);
    if (swapped_) write_data(*std::exchange(swapped_, std::nullopt));
  }
}

void StreamConnection::send_heartbeat(const StreamMessage &message) {
  if (is_silent(message)) return;
  socket_.send(Opcode::Text, message.text);
  ++counted_.pings;
  ++status_.pings;
}

void StreamConnection::write_data(const StreamMessage &message) {
  socket_.send(Opcode::Text, message.text);
  ++counted_.messages;
  ++status_.messages;
  parts_.hub.count_message();
}

void StreamConnection::end(const std::string &reason) {
  if (!open_) return;
  open_ = false;
  ++counted_.ended[reason];
  publish(false);
  parts_.hub.close(link_);
  socket_.finish();
}

void StreamConnection::end_with_close(std::uint16_t code, const std::string &text,
                                      const std::string &reason) {
  if (half_open_until_ <= now_.now_ms) socket_.send(Opcode::Close, close_payload(code, text));
  end(reason);
}

void StreamConnection::publish(bool settled) {
  if (settled) std::erase_if(mutes_, [&](const Mute &mute) { return mute.until <= now_.now_ms; });
  status_.buffered = socket_.pending();
  status_.state = half_open_until_ > now_.now_ms ? "half_open" : mutes_.empty() ? "live" : "mute";
  const StreamCounters counted = std::exchange(counted_, {});
  parts_.vendor.counters().update([&](CounterValues &values) {
    StreamCounters &streams = values.streams;
    streams.opened += counted.opened;
    streams.messages += counted.messages;
    streams.received += counted.received;
    streams.pings += counted.pings;
    streams.pongs += counted.pongs;
    for (const auto &[reason, count] : counted.ended) streams.ended[reason] += count;
  });
  orders_ = parts_.hub.exchange(*link_, status_, settled ? std::optional(now_) : std::nullopt);
}

/// Real time until something is due without the client or the clock having moved.
std::optional<nanoseconds> StreamConnection::patience_left() const {
  std::int64_t due = std::min({next_ping_ms_, life_end(), shutdown_at_});
  if (socket_.pending() < kHighWater) due = std::min(due, session_->next_due());
  if (!late_.empty()) due = std::min(due, late_.front().due);
  due = std::min(due, now_.now_ms + kLongestWaitMs);
  std::optional<nanoseconds> left = parts_.clock.real_until(due);
  if (socket_.pending() > 0)
    at_most<nanoseconds>(left, parts_.patience.slow_client - socket_.stalled());
  if (!unanswered_.empty() && half_open_until_ <= now_.now_ms) {
    const Moment &sent = unanswered_.front().sent;
    const nanoseconds real = parts_.patience.pong - (Steady::now() - sent.real);
    const auto simulated = parts_.clock.real_until(sent.sim_ms + rules_.pong_within_ms);
    if (simulated) at_most<nanoseconds>(left, std::max(real, *simulated));
  }
  if (left) left = std::max(*left, nanoseconds(milliseconds(1)));
  return left;
}

}  // namespace tapedeck::sim
