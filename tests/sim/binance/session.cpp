#include "sim/binance/session.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <queue>
#include <utility>

#include "sim/binance/commands.hpp"
#include "sim/binance/feed.hpp"
#include "sim/binance/query.hpp"
#include "sim/binance/stream_name.hpp"
#include "sim/text.hpp"

namespace tapedeck::sim::binance {
namespace {

/// Plays the recording to one client.
class Player {
 public:
  Player(const Replay &replay, std::int64_t now_ms) : replay_(replay), start_ms_(now_ms) {}

  std::int64_t next_due() const {
    if (at_ >= replay_.tape.messages.size()) return kNever;
    return replay_.fast ? start_ms_ : start_ms_ + replay_.tape.messages[at_].offset_us / 1'000;
  }
  const ReplayMessage &take() { return replay_.tape.messages[at_++]; }
  void restart(std::int64_t now_ms) {
    if (at_ < replay_.tape.messages.size())
      start_ms_ = now_ms - replay_.tape.messages[at_].offset_us / 1'000;
  }

 private:
  const Replay &replay_;
  std::int64_t start_ms_;
  std::size_t at_ = 0;
};

class Session final : public StreamSession {
 public:
  explicit Session(const SessionSetup &setup)
      : listing_(setup.listing),
        replay_(setup.replay),
        combined_(setup.combined),
        microseconds_(setup.microseconds) {
    subscribe(setup.streams, setup.now_ms);
  }

  std::vector<std::string> on_text(std::string_view text, std::int64_t now_ms) override {
    CommandError error;
    const auto command = parse_command(text, error);
    if (!command) return {error_reply(error)};
    switch (command->method) {
      case Method::Subscribe:
        if (too_many(command->streams))
          return {error_reply({4, "Too many subscriptions", command->id})};
        subscribe(command->streams, now_ms);
        break;
      case Method::Unsubscribe:
        unsubscribe(command->streams);
        break;
      case Method::ListSubscriptions:
        return {result_reply(list(), command->id)};
      case Method::SetProperty:
        combined_ = command->value;
        break;
      case Method::GetProperty:
        return {result_reply(combined_ ? "true" : "false", command->id)};
    }
    return {result_reply("null", command->id)};
  }

  std::int64_t next_due() const override {
    const std::int64_t live = due_.empty() ? kNever : due_.top().at;
    return player_ ? std::min(live, player_->next_due()) : live;
  }

  bool next(std::int64_t until, StreamMessage &message) override {
    while (next_due() <= until) {
      const bool recorded = player_ && player_->next_due() == next_due();
      if (recorded ? next_recorded(message) : next_live(message)) return true;
    }
    return false;
  }

  void restart(std::int64_t now_ms) override {
    for (auto &[name, subscription] : subscriptions_) subscription.feed = feed_of(name, now_ms);
    rebuild();
    if (player_) player_->restart(now_ms);
  }

  std::vector<std::string> subscriptions() const override { return order_; }

  std::string shutdown_notice(std::int64_t now_ms) const override {
    const std::int64_t time = microseconds_ ? now_ms * 1'000 : now_ms;
    return wrapped("!serverShutdown",
                   "{\"e\":\"serverShutdown\",\"E\":" + std::to_string(time) + "}");
  }

 private:
  struct Subscription {
    std::uint64_t number = 0;  // in order of subscribing
    std::unique_ptr<Feed> feed;
  };
  struct Due {
    std::int64_t at;
    std::uint64_t number;
    const std::string *name;
    bool operator>(const Due &other) const {
      return std::pair(at, number) > std::pair(other.at, other.number);
    }
  };

  bool is_recorded(std::string_view name) const {
    return replay_ != nullptr && replay_->tape.has(name);
  }

  /// Recorded symbols have no live feed: a made-up price beside the recorded one would be wrong.
  std::unique_ptr<Feed> feed_of(const std::string &text, std::int64_t now_ms) const {
    const auto name = parse_stream_name(text);
    if (!name || (replay_ != nullptr && replay_->covers(name->symbol))) return nullptr;
    return make_feed(*name, listing_, now_ms, microseconds_);
  }

  bool too_many(const std::vector<std::string> &names) const {
    const auto added = std::count_if(names.begin(), names.end(), [&](const std::string &name) {
      return !subscriptions_.contains(name);
    });
    return order_.size() + static_cast<std::size_t>(added) > kMostStreams;
  }

  void subscribe(const std::vector<std::string> &names, std::int64_t now_ms) {
    for (const std::string &name : names) {
      const auto [entry, added] = subscriptions_.try_emplace(name);
      if (!added) continue;
      order_.push_back(name);
      entry->second.number = next_number_++;
      entry->second.feed = feed_of(name, now_ms);
      push(entry->first, entry->second);
      if (!player_ && is_recorded(name)) player_.emplace(*replay_, now_ms);
    }
  }

  void unsubscribe(const std::vector<std::string> &names) {
    for (const std::string &name : names) {
      if (subscriptions_.erase(name) == 0) continue;
      std::erase(order_, name);
    }
    rebuild();
  }

  void push(const std::string &name, const Subscription &subscription) {
    if (subscription.feed) due_.push({subscription.feed->next_due(), subscription.number, &name});
  }

  void rebuild() {
    due_ = {};
    for (const auto &[name, subscription] : subscriptions_) push(name, subscription);
  }

  bool next_live(StreamMessage &message) {
    const Due due = due_.top();
    due_.pop();
    const Subscription &subscription = subscriptions_.at(*due.name);
    std::string payload;
    message.closing = subscription.feed->step(payload);
    push(*due.name, subscription);
    if (payload.empty()) return false;
    message.due = due.at;
    message.stream = *due.name;
    message.text = wrapped(*due.name, std::move(payload));
    return true;
  }

  bool next_recorded(StreamMessage &message) {
    message.due = player_->next_due();
    const ReplayMessage &recorded = player_->take();
    const std::string &name = replay_->tape.streams[recorded.stream];
    if (!subscriptions_.contains(name)) return false;
    const std::string_view payload = replay_->tape.payload(recorded);
    const bool enveloped = payload.size() != recorded.text.size();
    message.stream = name;
    message.closing = payload.find("\"x\":true") != std::string_view::npos;
    message.text = combined_ && enveloped ? recorded.text : wrapped(name, std::string(payload));
    return true;
  }

  std::string wrapped(std::string_view name, std::string payload) const {
    if (!combined_) return payload;
    return concat({"{\"stream\":\"", name, "\",\"data\":", payload, "}"});
  }

  std::string list() const {
    std::string out = "[";
    for (const std::string &name : order_) {
      if (out.size() > 1) out += ',';
      out.append("\"").append(name).append("\"");
    }
    return out + "]";
  }

  const Listing &listing_;
  const Replay *replay_;
  bool combined_;
  bool microseconds_;
  std::map<std::string, Subscription> subscriptions_;
  std::vector<std::string> order_;
  std::uint64_t next_number_ = 0;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::optional<Player> player_;
};

std::vector<std::string> split_names(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const std::string_view name = text.substr(0, text.find('/'));
    text.remove_prefix(std::min(text.size(), name.size() + 1));
    if (name.empty()) continue;
    if (!parse_stream_name(name)) refuse(-1130, "Data sent for parameter 'streams' is not valid.");
    if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
  }
  if (names.size() > kMostStreams) refuse(-1130, "Too many subscriptions");
  return names;
}

bool wants_microseconds(std::string_view unit) {
  if (unit == "MICROSECOND" || unit == "microsecond") return true;
  if (unit != "MILLISECOND" && unit != "millisecond")
    refuse(-1130, "Data sent for parameter 'timeUnit' is not valid.");
  return false;
}

}  // namespace

bool Replay::covers(std::string_view symbol) const {
  const std::vector<std::string> symbols = replayed_symbols(tape);
  return std::find(symbols.begin(), symbols.end(), symbol) != symbols.end();
}

std::vector<std::string> replayed_symbols(const ReplayTape &tape) {
  std::vector<std::string> symbols;
  for (const std::string &stream : tape.streams) {
    const auto name = parse_stream_name(stream);
    if (!name || name->symbol.empty()) continue;
    if (std::find(symbols.begin(), symbols.end(), name->symbol) == symbols.end())
      symbols.push_back(name->symbol);
  }
  return symbols;
}

std::string stream_of_payload(std::string_view payload) {
  const auto text = [&](std::string_view object, std::string_view name) {
    const std::string_view value = member_text(object, name);
    return value.size() < 2 ? std::string_view{} : value.substr(1, value.size() - 2);
  };
  std::string symbol(text(payload, "s"));
  if (symbol.empty()) return {};
  for (char &c : symbol)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  const std::string_view event = text(payload, "e");
  if (event == "trade" || event == "aggTrade") return concat({symbol, "@", event});
  if (event == "kline") return concat({symbol, "@kline_", text(member_text(payload, "k"), "i")});
  if (event == "24hrMiniTicker") return symbol + "@miniTicker";
  if (event == "24hrTicker") return symbol + "@ticker";
  if (event == "depthUpdate") return symbol + "@depth@100ms";
  const bool best = event.empty() && !member_text(payload, "B").empty();
  return best ? symbol + "@bookTicker" : std::string();
}

std::unique_ptr<StreamSession> make_session(const SessionSetup &setup) {
  return std::make_unique<Session>(setup);
}

bool is_stream_path(std::string_view path) {
  return path == "/ws" || path.starts_with("/ws/") || path == "/stream" || path == "/stream/";
}

void read_upgrade(const Request &request, SessionSetup &setup) {
  Query query = Query::parse(request.query);
  setup.combined = request.path.starts_with("/stream");
  if (const auto unit = query.take("timeUnit")) setup.microseconds = wants_microseconds(*unit);
  if (setup.combined)
    setup.streams = split_names(query.take("streams").value_or(std::string_view{}));
  else
    setup.streams = split_names(std::string_view(request.path).substr(3));
}

}  // namespace tapedeck::sim::binance
