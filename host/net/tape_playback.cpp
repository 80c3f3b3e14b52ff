#include "net/tape_playback.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>

#include "net/receiving.hpp"
#include "net/tape_reader.hpp"

namespace tapedeck {
namespace {

using Kind = TapeRecord::Kind;

constexpr int kMostAtOnce = 256;  // messages that are due; about what one read of the network brings

// Lets the records of one file come when their time is.
class Playback {
 public:
  Playback(const std::filesystem::path &file, double speed, Clock &clock)
      : reader_(file), speed_(speed), clock_(clock), began_ns_(clock.monotonic_ns()) {
    const auto opened = reader_.next();
    if (!opened || opened->kind != Kind::Opened) reader_.refuse("its first line does not say what it is");
    opened_ns_ = opened->at_ns;
    text_ = opened->url;
  }

  void require_open() const {
    if (ended_) throw Error(*ended_);
    if (closed_) throw Error(TDK_INVALID_ARGUMENT, text_ + ": the stream was closed by its user");
  }
  void close() noexcept { closed_ = true; }
  const std::string &text() const noexcept { return text_; }

  // As receive() of a stream: `hand_over` gets the records of `kind`.
  template <class F>
  tdk_status play(Kind kind, std::int64_t timeout_ns, const tdk_cancel *cancel, F &&hand_over) {
    require_open();
    const std::int64_t limit_ns = std::max<std::int64_t>(timeout_ns, 0);
    const std::int64_t start = clock_.monotonic_ns();
    const std::int64_t end = limit_ns > INT64_MAX - start ? INT64_MAX : start + limit_ns;
    for (int handed = 0;;) {
      heed(cancel, text_);
      if (closed_) return TDK_STOP;
      if (handed >= kMostAtOnce || (!find(kind) && handed > 0)) return TDK_OK;
      if (!next_) stop("the recording of this connection ends here");
      if (const std::int64_t wait_ns = due_ns() - clock_.monotonic_ns(); wait_ns > 0) {
        const std::int64_t left_ns = end - clock_.monotonic_ns();
        if (handed > 0 || left_ns <= 0) return TDK_OK;
        clock_.sleep_ns(std::min(wait_ns, left_ns), cancel);
        continue;
      }
      if (next_->kind == Kind::Ended && handed > 0) return TDK_OK;
      const TapeRecord record = std::move(*next_);
      next_.reset();
      if (record.kind == Kind::Ended) stop(record.payload);
      ++handed;
      const Receiving receiving(receiving_, text_);
      if (const tdk_status status = hand_over(record); status != TDK_OK) return status;
    }
  }

 private:
  // The next record that matters; false at the end of the file. A broken one is the end of the stream.
  bool find(Kind kind) try {
    while (!next_) {
      next_ = reader_.next();
      if (!next_) return false;
      if (next_->kind != kind && next_->kind != Kind::Ended) next_.reset();
    }
    return true;
  } catch (const Error &e) {
    ended_.emplace(e);
    throw;
  }
  std::int64_t due_ns() const {
    if (speed_ <= 0) return began_ns_;
    // Each first: what stands in a file may lie further apart than the integers reach.
    const double after = (static_cast<double>(next_->at_ns) - static_cast<double>(opened_ns_)) / speed_;
    constexpr double kYear = 3.2e16;
    return began_ns_ + static_cast<std::int64_t>(std::clamp(after, 0.0, kYear));
  }
  [[noreturn]] void stop(const std::string &why) {
    ended_.emplace(TDK_UNAVAILABLE, text_ + ": " + why);
    throw Error(*ended_);
  }

  TapeReader reader_;
  const double speed_;
  Clock &clock_;
  const std::int64_t began_ns_;
  std::int64_t opened_ns_ = 0;
  std::string text_;
  std::optional<TapeRecord> next_;
  std::optional<Error> ended_;
  bool closed_ = false;
  bool receiving_ = false;
};

class ReplayedWebSocket final : public WebSocket {
 public:
  ReplayedWebSocket(const std::filesystem::path &file, double speed, Clock &clock) : playback_(file, speed, clock) {}

  // What was sent then is on the tape, but a plugin may ask in another way today.
  void send(bool, std::string_view, const tdk_cancel *cancel) override {
    playback_.require_open();
    heed(cancel, playback_.text());
  }
  tdk_status receive(std::int64_t timeout_ns, const MessageHandler &on_message, const tdk_cancel *cancel) override {
    return playback_.play(Kind::Message, timeout_ns, cancel,
                          [&](const TapeRecord &r) { return on_message(r.is_text, r.payload); });
  }
  void close() noexcept override { playback_.close(); }

 private:
  Playback playback_;
};

class ReplayedLineStream final : public LineStream {
 public:
  ReplayedLineStream(const std::filesystem::path &file, double speed, Clock &clock) : playback_(file, speed, clock) {}
  tdk_status receive(std::int64_t timeout_ns, const LineHandler &on_line, const tdk_cancel *cancel) override {
    return playback_.play(Kind::Line, timeout_ns, cancel, [&](const TapeRecord &r) { return on_line(r.payload); });
  }
  void close() noexcept override { playback_.close(); }

 private:
  Playback playback_;
};

}  // namespace

std::unique_ptr<WebSocket> replay_web_socket(const std::filesystem::path &file, double speed, Clock &clock) {
  return std::make_unique<ReplayedWebSocket>(file, speed, clock);
}

std::unique_ptr<LineStream> replay_lines(const std::filesystem::path &file, double speed, Clock &clock) {
  return std::make_unique<ReplayedLineStream>(file, speed, clock);
}

}  // namespace tapedeck
