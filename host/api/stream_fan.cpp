#include "api/stream_fan.hpp"

#include <algorithm>
#include <mutex>

#include "api/stream_text.hpp"
#include "base/text.hpp"

namespace tapedeck::api {

namespace {

// To so many clients the publishing thread may send on its own. To more it would take too long.
constexpr std::size_t kFew = 4;

}  // namespace

struct StreamFan::Writer {
  LiveText text;
  Frames frames;
  std::vector<ClientPtr> awake;  // whom the server does not know to have something
};

StreamFan::Writer &StreamFan::writer() {
  static thread_local Writer writer;
  writer.frames.clear();
  writer.awake.clear();
  return writer;
}

std::size_t StreamFan::TopicHash::operator()(const Topic &t) const noexcept {
  const tdk_interval i = t.series.interval.abi();
  const std::size_t rest = (static_cast<std::size_t>(t.channel) << 24) ^ (static_cast<std::size_t>(i.unit) << 16) ^
                           static_cast<std::size_t>(i.count);
  return std::hash<std::string>()(t.series.symbol) ^ (rest * 0x9e3779b97f4a7c15ULL);
}

bool concerns(const StreamStatus &status, std::string_view pipeline, std::string_view symbol) noexcept {
  return status.pipeline == pipeline &&
         (status.symbols.empty() || std::find(status.symbols.begin(), status.symbols.end(), symbol) != status.symbols.end());
}

// Nothing may come out of a listener; what fails here is lost for the clients, and said.
template <typename Work>
void StreamFan::guarded(const Work &work) noexcept try {
  work();
} catch (const std::exception &e) {
  if (warn_) warn_("api: stream: a message was not passed on: " + std::string(e.what()));
}

void StreamFan::add(const ClientPtr &client, const Topic &topic, const std::string &pipeline, const Greet &greet) {
  std::unique_lock lock(mutex_);
  Subscribers &subscribers = topics_[topic];
  subscribers.pipeline = pipeline;
  greet();
  auto &clients = subscribers.clients;
  if (std::find(clients.begin(), clients.end(), client) == clients.end()) clients.push_back(client);
}

void StreamFan::remove(const ClientPtr &client, const Topic &topic) {
  std::unique_lock lock(mutex_);
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return;
  std::erase(found->second.clients, client);
  if (found->second.clients.empty()) topics_.erase(found);
}

void StreamFan::add(const ClientPtr &client, const Tap &tap, const Greet &greet) {
  std::unique_lock lock(mutex_);
  std::erase_if(taps_, [&](const Tapping &t) { return t.client == client; });
  greet();
  taps_.push_back({client, tap});
}

void StreamFan::remove_all(const ClientPtr &client) {
  std::unique_lock lock(mutex_);
  std::erase_if(taps_, [&](const Tapping &t) { return t.client == client; });
  for (auto &[topic, subscribers] : topics_) std::erase(subscribers.clients, client);
  std::erase_if(topics_, [](const auto &topic) { return topic.second.clients.empty(); });
}

std::uint32_t StreamFan::tapped_stages() const {
  std::shared_lock lock(mutex_);
  std::uint32_t stages = 0;
  for (const auto &t : taps_) stages |= static_cast<std::uint32_t>(t.tap.stage);
  return stages;
}

const StreamFan::Subscribers *StreamFan::find(Channel channel, const Series &series) const {
  static thread_local Topic key;  // its symbol keeps its memory
  key.channel = channel;
  key.series = series;
  const auto found = topics_.find(key);
  return found == topics_.end() ? nullptr : &found->second;
}

// The frames of `writer` to each of them.
void StreamFan::give(const std::vector<ClientPtr> &clients, Writer &writer) {
  const bool few = clients.size() <= kFew;
  for (const auto &c : clients)
    if (few ? c->outbox.put_at_once(writer.frames, c->fd.get()) : c->outbox.put(writer.frames)) writer.awake.push_back(c);
  writer.frames.clear();
  if (!writer.awake.empty()) wake_(writer.awake);
  writer.awake.clear();
}

void StreamFan::give_taps(LiveStage stage, const std::string &pipeline, Writer &writer,
                          const std::function<void(std::string_view)> &write) {
  std::vector<ClientPtr> clients;
  for (const auto &t : taps_)
    if (t.tap.stage == stage && t.tap.pipeline == pipeline) clients.push_back(t.client);
  if (clients.empty()) return;
  write(tap_end(stage, pipeline));
  give(clients, writer);
}

void StreamFan::on_candle(LiveStage stage, const LiveSeries &live, const CandleRow &row, std::string_view source) noexcept {
  guarded([&] {
    Writer &w = writer();
    std::shared_lock lock(mutex_);
    const Subscribers *subscribers = stage == LiveStage::Published ? find(Channel::Candles, live.series) : nullptr;
    if (subscribers != nullptr) {
      append_text(w.frames, w.text.candle(live.series, row, source));
      give(subscribers->clients, w);
    }
    if (taps_.empty()) return;
    give_taps(stage, live.pipeline, w, [&](std::string_view end) {
      append_text(w.frames, w.text.candle(live.series, row, source, end));
    });
  });
}

void StreamFan::publish_ticks(const LiveSymbol &live, std::span<const Tick> ticks, std::string_view source, Writer &w) {
  Series series;
  series.symbol = live.symbol;
  for (const Channel channel : {Channel::Quotes, Channel::Trades}) {
    const Subscribers *subscribers = find(channel, series);
    if (subscribers == nullptr) continue;
    for (const Tick &t : ticks)
      if (t.trade() == (channel == Channel::Trades)) append_text(w.frames, w.text.tick(live.symbol, t, source));
    if (!w.frames.sizes.empty()) give(subscribers->clients, w);
  }
}

void StreamFan::on_ticks(LiveStage stage, const LiveSymbol &live, std::span<const Tick> ticks, std::string_view source) noexcept {
  if (ticks.empty()) return;
  guarded([&] {
    Writer &w = writer();
    std::shared_lock lock(mutex_);
    if (stage == LiveStage::Published) publish_ticks(live, ticks, source, w);
    if (taps_.empty()) return;
    give_taps(stage, live.pipeline, w, [&](std::string_view end) {
      for (const Tick &t : ticks) append_text(w.frames, w.text.tick(live.symbol, t, source, end));
    });
  });
}

void StreamFan::on_status(const StreamStatus &status) noexcept {
  guarded([&] {
    Writer &w = writer();
    std::shared_lock lock(mutex_);
    std::vector<ClientPtr> clients;
    for (const auto &[topic, subscribers] : topics_)
      if (concerns(status, subscribers.pipeline, topic.series.symbol))
        clients.insert(clients.end(), subscribers.clients.begin(), subscribers.clients.end());
    for (const auto &t : taps_)
      if (t.tap.pipeline == status.pipeline) clients.push_back(t.client);
    // Once to each, however many of its subscriptions it is about.
    std::sort(clients.begin(), clients.end());
    clients.erase(std::unique(clients.begin(), clients.end()), clients.end());
    append_text(w.frames, status_text(status));
    give(clients, w);
  });
}

}  // namespace tapedeck::api
