// A vendor of streams that says what a test tells it to.
#pragma once

#include <tapedeck/layer/core.hpp>

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "ingest/testing/scripted_provider.hpp"
#include "runtime/provider.hpp"

namespace tapedeck::testing {

// What is open at the vendor. Threads: any.
class ScriptedStreams {
 public:
  struct Connection {
    std::string source;
    StreamAsk ask;
    StreamSink *sink = nullptr;  // while it is open
    bool open = false, cancelled = false;
    std::optional<Error> end;
  };
  // What the next connections of a source end with at once; nothing: they stay open.
  void refuse(const std::string &source, std::optional<Error> with);
  // What connections that are cancelled end with; nothing: TDK_CANCELLED.
  void answer_cancellation_with(std::optional<Error> with);
  // Connections do not hear that they are cancelled.
  void be_deaf(bool deaf);
  // What sources can do, and their past: all have the same. Without a history they have none.
  void set_capabilities(std::uint64_t capabilities);
  void set_history(std::shared_ptr<Vendor> history);
  void set_series_per_stream(std::uint32_t limit);
  // Blocks until connection `n` (from 0, over all sources) has been opened; false after 30 s.
  bool await(std::size_t n) const;
  bool await_cancelled(std::size_t n) const;
  std::size_t opened() const;
  void pause() const;  // a millisecond, or until something happens
  Connection connection(std::size_t n) const;

  // To connection `n`, as its vendor; on the caller's thread.
  void candle(std::size_t n, const Series &series, const tdk_candle_batch &batch);
  void ticks(std::size_t n, const std::string &symbol, std::span<const Tick> ticks);
  void event(std::size_t n, const StreamEvent &event);
  void end(std::size_t n, const Error &with);

  std::unique_ptr<Provider> provider(const std::string &source);

 private:
  friend class ScriptedStreamProvider;
  void run(const std::string &source, const StreamAsk &ask, StreamSink &sink, const tdk_cancel *cancel);
  template <class F>
  bool wait_for(F &&f) const;
  template <class F>
  void with(std::size_t n, F &&f);

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::map<std::string, Error> refusals_;
  std::optional<Error> on_cancel_;
  bool deaf_ = false;
  std::uint64_t capabilities_ = TDK_CAP_STREAM_CANDLES | TDK_CAP_STREAM_TRADES | TDK_CAP_STREAM_QUOTES;
  std::uint32_t series_per_stream_ = 0;
  std::shared_ptr<Vendor> history_;
};

}  // namespace tapedeck::testing
