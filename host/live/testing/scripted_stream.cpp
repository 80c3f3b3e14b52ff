#include "live/testing/scripted_stream.hpp"

#include <chrono>

#include "base/cancel.hpp"

namespace tapedeck::testing {

class ScriptedStreamProvider final : public Provider {
 public:
  ScriptedStreamProvider(ScriptedStreams &streams, std::string source, ProviderInfo info, std::shared_ptr<Vendor> history)
      : streams_(streams), source_(std::move(source)), info_(std::move(info)) {
    if (!history) return;
    info_.capabilities |= TDK_CAP_HISTORY;
    info_.candles_per_request = history->page;
    history_ = std::make_unique<ScriptedProvider>(std::move(history));
  }
  const ProviderInfo &info() const override { return info_; }
  void fetch_candles(const CandleAsk &ask, CandleColumns &out, const tdk_cancel *cancel) override {
    if (!history_) throw Error(TDK_NOT_SUPPORTED, "no history");
    history_->fetch_candles(ask, out, cancel);
  }
  std::optional<Nanos> earliest(const Series &, const tdk_cancel *) override { return std::nullopt; }
  std::vector<SymbolInfo> search_symbols(const std::string &, std::uint64_t, const tdk_cancel *) override { return {}; }
  void run_stream(const StreamAsk &ask, StreamSink &sink, const tdk_cancel *cancel) override {
    try {
      streams_.run(source_, ask, sink, cancel);
    } catch (const Error &e) {
      hung_ = status_of(cancel) != TDK_OK && e.code() != TDK_CANCELLED;  // as the host calls it when it left a call
      throw;
    }
  }
  bool usable() const override { return !hung_; }

 private:
  ScriptedStreams &streams_;
  std::string source_;
  ProviderInfo info_;
  std::unique_ptr<ScriptedProvider> history_;
  bool hung_ = false;
};

template <class F>
bool ScriptedStreams::wait_for(F &&f) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(30), f);
}

void ScriptedStreams::run(const std::string &source, const StreamAsk &ask, StreamSink &sink, const tdk_cancel *cancel) {
  std::unique_lock lock(mutex_);
  Connection &c = *connections_.emplace_back(std::make_unique<Connection>(Connection{source, ask, &sink, true, false, {}}));
  if (const auto refusal = refusals_.find(source); refusal != refusals_.end()) c.end = refusal->second;
  changed_.notify_all();
  while (!c.end && (deaf_ || status_of(cancel) == TDK_OK)) changed_.wait_for(lock, std::chrono::milliseconds(2));
  c.open = false;
  c.sink = nullptr;
  c.cancelled = !c.end;
  changed_.notify_all();
  if (c.end) throw *c.end;
  if (on_cancel_) throw Error(*on_cancel_);
  throw Error(TDK_CANCELLED, "cancelled");
}

void ScriptedStreams::refuse(const std::string &source, std::optional<Error> with) {
  std::lock_guard lock(mutex_);
  refusals_.erase(source);
  if (with) refusals_.emplace(source, *with);
}

void ScriptedStreams::answer_cancellation_with(std::optional<Error> with) {
  std::lock_guard lock(mutex_);
  on_cancel_ = std::move(with);
}

void ScriptedStreams::be_deaf(bool deaf) {
  std::lock_guard lock(mutex_);
  deaf_ = deaf;
}

void ScriptedStreams::set_capabilities(std::uint64_t capabilities) {
  std::lock_guard lock(mutex_);
  capabilities_ = capabilities;
}

void ScriptedStreams::set_history(std::shared_ptr<Vendor> history) {
  std::lock_guard lock(mutex_);
  history_ = std::move(history);
}

void ScriptedStreams::set_series_per_stream(std::uint32_t limit) {
  std::lock_guard lock(mutex_);
  series_per_stream_ = limit;
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
  std::lock_guard lock(mutex_);
  ProviderInfo info;
  info.capabilities = capabilities_;
  info.series_per_stream = series_per_stream_;
  return std::make_unique<ScriptedStreamProvider>(*this, source, std::move(info), history_);
}

}  // namespace tapedeck::testing
