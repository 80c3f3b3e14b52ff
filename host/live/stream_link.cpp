#include "live/stream_link.hpp"

#include <tapedeck/layer/core.hpp>

#include <system_error>
#include <utility>

namespace tapedeck {

// While data is being taken, the connection is not silent: it is we who are slow.
class StreamLink::Busy {
 public:
  explicit Busy(StreamLink &link) : link_(link) { link_.taking_ = true; }
  ~Busy() {
    link_.heard_ = link_.clock_.monotonic_ns();
    link_.taking_ = false;
  }
  Busy(const Busy &) = delete;
  Busy &operator=(const Busy &) = delete;

 private:
  StreamLink &link_;
};

StreamLink::StreamLink(Of of, std::unique_ptr<Provider> provider, const StreamAsk &ask, LinkTarget &target, Clock &clock)
    : of_(std::move(of)),
      ask_(ask),
      target_(target),
      clock_(clock),
      began_(clock.monotonic_ns()),
      provider_(std::move(provider)),
      heard_(began_) {}

void StreamLink::start() {
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error &e) {
    end({TDK_UNAVAILABLE, std::string("starting a thread for the connection: ") + e.what(), 0, false});
  }
}

StreamLink::~StreamLink() {
  cancel("stopped");
  if (thread_.joinable()) thread_.join();
}

void StreamLink::run() {
  try {
    run_to_end();
    end({TDK_UNAVAILABLE, "the connection was closed", 0, false});
  } catch (const Error &e) {
    end({e.code(), e.what(), e.retry_after_ms() > 0 ? e.retry_after_ms() * 1'000'000 : 0, false});
  } catch (const std::exception &e) {
    end({TDK_INTERNAL, std::string("unexpected exception: ") + e.what(), 0, false});
  }
}

void StreamLink::run_to_end() {
  const CancelToken token(cancel_, CancelToken::kForever, clock_);
  provider_->run_stream(ask_, *this, token.raw());
}

void StreamLink::end(End how) {
  std::lock_guard lock(mutex_);
  how.by_us = cancel_.cancelled();
  if (how.by_us && how.code == TDK_CANCELLED) how.text = why_cancelled_;
  end_ = std::move(how);
}

std::optional<StreamLink::End> StreamLink::ended() const {
  std::lock_guard lock(mutex_);
  return end_;
}

void StreamLink::cancel(std::string why) {
  std::lock_guard lock(mutex_);
  if (why_cancelled_.empty()) why_cancelled_ = std::move(why);
  cancel_.cancel();
}

std::unique_ptr<Provider> StreamLink::take_provider() {
  std::lock_guard lock(mutex_);
  return end_ ? std::move(provider_) : nullptr;
}

Nanos StreamLink::silence() const { return taking_ ? 0 : clock_.monotonic_ns() - heard_; }

std::optional<Nanos> StreamLink::expires_at() const {
  const Nanos at = expires_at_;
  return at == INT64_MAX ? std::nullopt : std::optional(at);
}

void StreamLink::on_candles(const Series &series, const tdk_candle_batch &batch) {
  const Busy busy(*this);
  connected_ = had_data_ = true;
  target_.on_candles(*this, series, batch);
}

void StreamLink::on_ticks(std::string_view symbol, std::span<const Tick> ticks) {
  const Busy busy(*this);
  connected_ = had_data_ = true;
  target_.on_ticks(*this, symbol, ticks);
}

void StreamLink::on_event(const StreamEvent &event) {
  const Busy busy(*this);
  const bool of_all = !event.series;  // a series that was added later has an event of its own
  if ((event.kind == TDK_STREAM_CONNECTED && of_all) || event.kind == TDK_STREAM_HEARTBEAT) connected_ = true;
  if (event.kind == TDK_STREAM_CONNECTED && of_all) subscribed_ = true;
  if (event.kind == TDK_STREAM_EXPIRES && event.range.to > 0) expires_at_ = event.range.to;
  target_.on_event(*this, event);
}

}  // namespace tapedeck
