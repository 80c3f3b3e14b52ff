// One live connection: a provider's run_stream() on a thread of its own.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "runtime/provider.hpp"

namespace tapedeck {

class StreamLink;

// Takes what connections bring. Threads: those of the connections, several at once.
class LinkTarget {
 public:
  virtual ~LinkTarget() = default;
  virtual void on_candles(const StreamLink &link, const Series &series, const tdk_candle_batch &batch) = 0;
  virtual void on_ticks(const StreamLink &link, std::string_view symbol, std::span<const Tick> ticks) = 0;
  virtual void on_event(const StreamLink &link, const StreamEvent &event) = 0;
};

// Lifecycle: start() connects; the destructor cancels and waits for the end. Threads: the public
// functions any.
class StreamLink final : private StreamSink {
 public:
  struct Of {
    std::size_t source_index;  // in the pipeline's order of preference
    std::string source;
    std::uint64_t number;      // of the connection, for logs
  };
  StreamLink(Of of, std::unique_ptr<Provider> provider, const StreamAsk &ask, LinkTarget &target, Clock &clock);
  ~StreamLink() override;
  void start();  // once

  // How it ended. Nothing while it lasts.
  struct End {
    tdk_status code = TDK_OK;
    std::string text;
    Nanos asked_wait = 0;  // the vendor named a time
    bool by_us = false;    // cancel() was called
  };
  std::optional<End> ended() const;
  void cancel(std::string why);  // the first reason stands
  std::unique_ptr<Provider> take_provider();  // after the end, to be used again

  const Of &of() const noexcept { return of_; }
  bool connected() const noexcept { return connected_; }  // every series is subscribed, or data came
  bool subscribed() const noexcept { return subscribed_; }  // every series is: the vendor has confirmed it
  bool had_data() const noexcept { return had_data_; }
  // How long it has said nothing, monotonic. 0 while what came last is still being taken.
  Nanos silence() const;
  Nanos age() const { return clock_.monotonic_ns() - began_; }
  // When (wall clock) the vendor ends it, if it said so.
  std::optional<Nanos> expires_at() const;

 private:
  class Busy;
  void run();
  void run_to_end();
  void on_candles(const Series &series, const tdk_candle_batch &batch) override;
  void on_ticks(std::string_view symbol, std::span<const Tick> ticks) override;
  void on_event(const StreamEvent &event) override;
  void end(End how);

  const Of of_;
  const StreamAsk ask_;
  LinkTarget &target_;
  Clock &clock_;
  const Nanos began_;
  std::unique_ptr<Provider> provider_;
  CancelSource cancel_;
  std::atomic<bool> connected_{false}, subscribed_{false}, had_data_{false};
  std::atomic<bool> taking_{false};
  std::atomic<Nanos> heard_;
  std::atomic<Nanos> expires_at_{INT64_MAX};
  mutable std::mutex mutex_;
  std::optional<End> end_;
  std::string why_cancelled_;
  std::thread thread_;
};

}  // namespace tapedeck
