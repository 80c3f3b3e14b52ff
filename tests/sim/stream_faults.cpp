// What ordered faults do to a stream connection.
#include <algorithm>
#include <utility>

#include "sim/fault_body.hpp"
#include "sim/stream_connection.hpp"

namespace tapedeck::sim {
namespace {

constexpr std::int64_t kLateCloseMs = 1'800;
constexpr std::int64_t kShutdownMs = 10'000;
constexpr std::chrono::milliseconds kHugePatience{5'000};
/// Time for the first half to arrive: a reset throws away what the peer has not read yet.
constexpr std::chrono::milliseconds kBeforeReset{20};

std::int64_t end_of(const Fault &fault, std::int64_t from) {
  return fault.duration_ms > 0 ? from + fault.duration_ms : kNever;
}

std::string huge_text(std::int64_t bytes) {
  return "{\"e\":\"huge\",\"x\":\"" + std::string(static_cast<std::size_t>(bytes), 'x') + "\"}";
}

}  // namespace

/// With a message the fault decides what becomes of it; without, it was ordered for now.
void StreamConnection::apply(const FaultPlan::Hit &hit, StreamMessage *message) {
  const Fault &fault = hit.fault;
  parts_.vendor.counters().update(
      [&](CounterValues &values) { ++values.faults_injected[std::string(name_of(fault.kind))]; });
  const std::int64_t at = message != nullptr ? message->due : now_.now_ms;
  switch (fault.kind) {
    case FaultKind::Cut:
      return end("cut");
    case FaultKind::MassReconnect: {
      Fault cut = fault;
      cut.kind = FaultKind::Cut;
      cut.after = 0;
      cut.probability = 1.0;
      cut.path.clear();
      cut.stream.clear();
      cut.symbol.clear();
      if (message != nullptr) parts_.hub.order(cut);
      return end("cut");
    }
    case FaultKind::Close:
      return end_with_close(static_cast<std::uint16_t>(fault.close_code), fault.reason, "close");
    case FaultKind::HalfOpen:
      half_open_until_ = end_of(fault, at);
      unanswered_.clear();
      return;
    case FaultKind::Mute:
      mutes_.push_back({fault, end_of(fault, at)});
      return;
    case FaultKind::ResetMidFrame:
      return break_mid_frame(message);
    case FaultKind::ServerShutdown:
      announce_shutdown(fault);
      break;
    case FaultKind::HugeFrame:
      socket_.send(Opcode::Text, huge_text(fault.bytes));
      if (!socket_.flush_all(kHugePatience)) return end("slow client");
      break;
    case FaultKind::Garbage:
      socket_.send_raw(spoiled_body(FaultKind::Garbage, {}, hit.random));
      return;
    case FaultKind::GarbageJson:
      socket_.send(Opcode::Text,
                   spoiled_body(FaultKind::GarbageJson,
                                message != nullptr ? message->text : std::string(), hit.random));
      return;
    default:
      break;
  }
  if (message != nullptr && apply_to_message(hit, *message)) write_data(*message);
}

/// Whether the message is to be sent as usual afterwards.
bool StreamConnection::apply_to_message(const FaultPlan::Hit &hit, StreamMessage &message) {
  const Fault &fault = hit.fault;
  if (is_silent(message)) return false;
  if (fault.kind == FaultKind::Duplicates) write_data(message);
  if (fault.kind == FaultKind::Reorder && !swapped_) {
    swapped_ = std::move(message);
    return false;
  }
  if (fault.kind == FaultKind::LateClose) {
    const std::int64_t due = message.due + (fault.delay_ms > 0 ? fault.delay_ms : kLateCloseMs);
    const auto place =
        std::find_if(late_.begin(), late_.end(), [&](const Held &held) { return held.due > due; });
    late_.insert(place, {due, std::move(message)});
    return false;
  }
  if (fault.kind == FaultKind::SlowDrip) {
    if (!socket_.drip(socket_.framed(message.text), std::chrono::milliseconds(fault.delay_ms))) end("client");
    ++counted_.messages;
    ++status_.messages;
    parts_.hub.count_message();
    return false;
  }
  return true;
}

void StreamConnection::break_mid_frame(const StreamMessage *message) {
  const std::string frame = socket_.framed(
      message != nullptr ? message->text : session_->shutdown_notice(now_.now_ms));
  socket_.drip(std::string_view(frame).substr(0, frame.size() / 2), kBeforeReset);
  socket_.reset();
  open_ = false;
  ++counted_.ended["reset_mid_frame"];
  publish(false);
  parts_.hub.close(link_);
}

void StreamConnection::announce_shutdown(const Fault &fault) {
  const std::string notice = session_->shutdown_notice(now_.now_ms);
  if (!notice.empty()) socket_.send(Opcode::Text, notice);
  shutdown_at_ = now_.now_ms + (fault.delay_ms > 0 ? fault.delay_ms : kShutdownMs);
}

}  // namespace tapedeck::sim
