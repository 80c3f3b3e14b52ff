// Who wants what, and the way from the hub into the clients' outboxes.
#pragma once

#include <functional>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "api/stream_client.hpp"
#include "live/live_hub.hpp"

namespace tapedeck::api {

// A pipeline at one stage, all of it.
struct Tap {
  std::string pipeline;
  LiveStage stage = LiveStage::Published;
};

// Threads: as a LiveListener those of the streams; the rest one, the stream server's. Each message is
// written once, whatever the number of clients. Never waits for a client.
class StreamFan : public LiveListener {
 public:
  // `wake` is called, from any thread, with clients that have something to be sent.
  using Wake = std::function<void(std::vector<ClientPtr> &)>;
  StreamFan(Wake wake, std::function<void(std::string)> warn) : wake_(std::move(wake)), warn_(std::move(warn)) {}

  // Runs while nothing is published: what it puts into the outbox comes before all that is live.
  using Greet = std::function<void()>;
  void add(const ClientPtr &client, const Topic &topic, const std::string &pipeline, const Greet &greet);
  void remove(const ClientPtr &client, const Topic &topic);
  void add(const ClientPtr &client, const Tap &tap, const Greet &greet);  // in place of the one it has
  void remove_all(const ClientPtr &client);
  std::uint32_t tapped_stages() const;

  void on_candle(LiveStage stage, const LiveSeries &series, const CandleRow &row, std::string_view source) noexcept override;
  void on_ticks(LiveStage stage, const LiveSymbol &symbol, std::span<const Tick> ticks, std::string_view source) noexcept override;
  void on_status(const StreamStatus &status) noexcept override;

 private:
  struct Subscribers {
    std::string pipeline;
    std::vector<ClientPtr> clients;
  };
  struct Tapping {
    ClientPtr client;
    Tap tap;
  };
  struct TopicHash {
    std::size_t operator()(const Topic &topic) const noexcept;
  };
  struct Writer;  // the memory that one publishing thread reuses
  static Writer &writer();

  const Subscribers *find(Channel channel, const Series &series) const;
  void give(const std::vector<ClientPtr> &clients, Writer &writer);
  void give_taps(LiveStage stage, const std::string &pipeline, Writer &writer, const std::function<void(std::string_view)> &write);
  void publish_ticks(const LiveSymbol &symbol, std::span<const Tick> ticks, std::string_view source, Writer &writer);
  template <typename Work>
  void guarded(const Work &work) noexcept;

  const Wake wake_;
  const std::function<void(std::string)> warn_;
  mutable std::shared_mutex mutex_;
  std::unordered_map<Topic, Subscribers, TopicHash> topics_;
  std::vector<Tapping> taps_;
};

// Whether a subscription to `symbol` of `pipeline` has to hear of it.
bool concerns(const StreamStatus &status, std::string_view pipeline, std::string_view symbol) noexcept;

}  // namespace tapedeck::api
