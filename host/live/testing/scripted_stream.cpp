#include "live/testing/scripted_stream.hpp"

#include <chrono>

#include "base/cancel.hpp"

namespace tapedeck::testing {

class ScriptedStreamProvider final : public Provider {
 public:
  ScriptedStreamProvider(ScriptedStreams &streams, std::string source) : streams_(streams), source_(std::move(source)) {
    info_.capabilities = TDK_CAP_STREAM_CANDLES | TDK_CAP_STREAM_TRADES | TDK_CAP_STREAM_QUOTES;
  }
  const ProviderInfo &info() const override { return info_; }
  void fetch_candles(const CandleAsk &, CandleColumns &, const tdk_cancel *) override {
    throw Error(TDK_NOT_SUPPORTED, "no history");
  }
  std::optional<Nanos> earliest(const Series &, const tdk_cancel *) override { return std::nullopt; }
  std::vector<SymbolInfo> search_symbols(const std::string &, std::uint64_t, const tdk_cancel *) override { return {}; }
  void run_stream(const StreamAsk &ask, StreamSink &sink, const tdk_cancel *cancel) override {
    streams_.run(source_, ask, sink, cancel);
  }

 private:
  ScriptedStreams &streams_;
  std::string source_;
  ProviderInfo info_;
};

template <class F>
bool ScriptedStreams::wait_for(F &&f) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(5), f);
}

void ScriptedStreams::run(const std::string &source, const StreamAsk &ask, StreamSink &sink, const tdk_cancel *cancel) {
  std::unique_lock lock(mutex_);
  Connection &c = *connections_.emplace_back(std::make_unique<Connection>(Connection{source, ask, &sink, true, false, {}}));
  if (const auto refusal = refusals_.find(source); refusal != refusals_.end()) c.end = refusal->second;
  changed_.notify_all();
  while (!c.end && status_of(cancel) == TDK_OK) changed_.wait_for(lock, std::chrono::milliseconds(2));
  c.open = false;
  c.sink = nullptr;
  c.cancelled = !c.end;
  changed_.notify_all();
  if (c.end) throw *c.end;
  throw Error(TDK_CANCELLED, "cancelled");
}

void ScriptedStreams::refuse(const std::string &source, std::optional<Error> with) {
  std::lock_guard lock(mutex_);
  refusals_.erase(source);
  if (with) refusals_.emplace(source, *with);
}

bool ScriptedStreams::await(std::size_t n) const {
  return wait_for([&] { return connections_.size() > n; });
}

bool ScriptedStreams::await_cancelled(std::size_t n) const {
  return wait_for([&] { return connections_.size() > n && connections_[n]->cancelled; });
}

void ScriptedStreams::pause() const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::milliseconds(1));
}

std::size_t ScriptedStreams::opened() const {
  std::lock_guard lock(mutex_);
  return connections_.size();
}

ScriptedStreams::Connection ScriptedStreams::connection(std::size_t n) const {
  std::lock_guard lock(mutex_);
  return *connections_.at(n);
}

// The connection cannot end while `f` has its sink.
template <class F>
void ScriptedStreams::with(std::size_t n, F &&f) {
  std::lock_guard lock(mutex_);
  Connection &c = *connections_.at(n);
  if (c.open) f(*c.sink);
}

void ScriptedStreams::candle(std::size_t n, const Series &series, const tdk_candle_batch &batch) {
  with(n, [&](StreamSink &s) { s.on_candles(series, batch); });
}
void ScriptedStreams::ticks(std::size_t n, const std::string &symbol, std::span<const Tick> ticks) {
  with(n, [&](StreamSink &s) { s.on_ticks(symbol, ticks); });
}
void ScriptedStreams::event(std::size_t n, const StreamEvent &event) {
  with(n, [&](StreamSink &s) { s.on_event(event); });
}
void ScriptedStreams::end(std::size_t n, const Error &with) {
  std::lock_guard lock(mutex_);
  connections_.at(n)->end = with;
  changed_.notify_all();
}

std::unique_ptr<Provider> ScriptedStreams::provider(const std::string &source) {
  return std::make_unique<ScriptedStreamProvider>(*this, source);
}

}  // namespace tapedeck::testing
