#include "sim/polygon/session.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <map>
#include <utility>
#include <vector>

#include "sim/polygon/feed.hpp"
#include "sim/polygon/json_writer.hpp"
#include "sim/text.hpp"

namespace tapedeck::sim::polygon {
namespace {

constexpr std::uint16_t kPolicy = 1008;
constexpr std::size_t kMostInFrame = 100;

std::string status(std::string_view state, std::string_view message) {
  JsonWriter out;
  out.open().text("ev", "status").text("status", state).text("message", message).close();
  return out.take();
}

std::string array_of(const std::vector<std::string> &elements) {
  std::string out = "[";
  for (const std::string &each : elements) {
    if (out.size() > 1) out += ',';
    out += each;
  }
  return out + "]";
}

struct Command {
  std::string action, params;
};

std::optional<Command> parse_command(std::string_view text) {
  namespace json = boost::json;
  boost::system::error_code error;
  const json::value value = json::parse(json::string_view(text.data(), text.size()), error);
  const json::object *object = error ? nullptr : value.if_object();
  const json::value *action = object ? object->if_contains("action") : nullptr;
  const json::value *params = object ? object->if_contains("params") : nullptr;
  if (!action || !action->is_string() || !params || !params->is_string()) return std::nullopt;
  return Command{action->as_string().c_str(), params->as_string().c_str()};
}

class Session final : public StreamSession {
 public:
  explicit Session(const SessionSetup &setup)
      : setup_(setup), auth_until_(setup.now_ms + setup.settings.auth_timeout_ms) {}
  ~Session() override {
    if (seat_) setup_.seats.leave(seat_);
  }

  void set_waker(std::function<void()> wake) override { wake_ = std::move(wake); }

  std::vector<std::string> notices(std::int64_t now_ms) override {
    if (!std::exchange(greeted_, true)) return {array_of({status("connected", "Connected Successfully")})};
    if (ending_) return {};
    if (!seat_ && now_ms >= auth_until_) {
      ending_ = SessionEnd{kPolicy, "auth timeout", "auth timeout"};
      return {array_of({status("auth_timeout", "No authentication request received.")})};
    }
    if (!seat_ || now_ms < seat_->evicted_at()) return {};
    const std::uint16_t code = setup_.settings.evict_reset ? std::uint16_t{0} : kPolicy;
    ending_ = SessionEnd{code, "max connections", "max connections"};
    return {array_of({status("max_connections",
                             "Maximum number of websocket connections exceeded. ")})};
  }

  std::optional<SessionEnd> ending() const override { return ending_; }

  std::vector<std::string> on_text(std::string_view text, std::int64_t now_ms) override {
    const auto command = parse_command(text);
    if (!command || ending_) return {};
    if (command->action == "auth") return authenticate(command->params, now_ms);
    if (!seat_) return {};
    if (command->action == "subscribe") return subscribe(command->params, now_ms);
    if (command->action == "unsubscribe") return unsubscribe(command->params);
    return {};
  }

  std::int64_t next_due() const override {
    if (ending_) return kNever;
    std::int64_t due = seat_ ? seat_->evicted_at() : auth_until_;
    return std::min(due, data_due());
  }

  bool next(std::int64_t until, StreamMessage &message) override {
    if (ending_) return false;
    std::vector<std::string> events;
    std::int64_t last = until;
    while (data_due() <= last && events.size() < kMostInFrame) {
      Source &source = *earliest();
      const std::int64_t due = source.feed->next_due() + setup_.lag_ms;
      std::string event = source.feed->step();
      if (event.empty()) continue;
      if (events.empty()) {
        message = {{}, source.name, due, false};
        last = std::min(until, due + setup_.settings.batch_ms);
      }
      message.closing = message.closing || source.feed->gives_bars();
      events.push_back(std::move(event));
    }
    if (events.empty()) return false;
    if (setup_.settings.unknown_events && ++frames_ % 5 == 0)
      events.push_back(R"({"ev":"NEW","sym":"AAPL","what":[1,{"x":null}],"t":1})");
    message.text = array_of(events);
    return true;
  }

  void restart(std::int64_t now_ms) override {
    for (auto &[param, sources] : subscriptions_)
      for (Source &source : sources) source.feed = feed_of(*source.instrument, channel_of(param), now_ms);
  }

  std::vector<std::string> subscriptions() const override {
    std::vector<std::string> out;
    for (const auto &[param, sources] : subscriptions_) out.push_back(param);
    return out;
  }

  std::string shutdown_notice(std::int64_t) const override {
    return array_of({status("error", "the server shuts down")});
  }

 private:
  struct Source {
    std::string name;  // `AM.AAPL`, of a wildcard too
    const Instrument *instrument;
    std::unique_ptr<Feed> feed;
  };

  /// Of `T.BRK.B` the part before the first dot.
  static std::string_view channel_of(std::string_view param) { return param.substr(0, param.find('.')); }
  std::string_view market_word() const {
    constexpr std::string_view words[] = {"stocks", "forex", "crypto", "indices"};
    return words[static_cast<std::size_t>(setup_.market)];
  }
  static std::string_view name_of(std::string_view param) {
    const std::size_t dot = param.find('.');
    return dot == param.npos ? std::string_view{} : param.substr(dot + 1);
  }

  std::unique_ptr<Feed> feed_of(const Instrument &instrument, std::string_view channel,
                                std::int64_t now_ms) const {
    return make_feed(instrument, channel, now_ms - setup_.lag_ms, setup_.settings.late_bars);
  }

  std::vector<std::string> authenticate(const std::string &key, std::int64_t now_ms) {
    if (seat_) return {};
    const std::string &right = setup_.settings.key;
    const bool known = right.empty() ? !key.empty() && key != "unknown" : key == right;
    if (!known || setup_.settings.free_plan || setup_.settings.denies(market_word())) {
      ending_ = SessionEnd{0, {}, "auth failed"};
      return {array_of({status("auth_failed", !known ? "authentication failed"
                                                     : "Your plan doesn't include websocket access. Visit "
                                                       "https://massive.com/pricing to upgrade.")})};
    }
    seat_ = std::make_shared<Seat>(wake_);
    // One of a key on a market, unless the account has more.
    setup_.seats.take(std::to_string(static_cast<int>(setup_.market)) + " " + key, seat_, now_ms);
    return {array_of({status("auth_success", "authenticated")})};
  }

  bool denied(const std::string &param) const {
    const Settings &settings = setup_.settings;
    const Instrument *instrument = setup_.listing.find_stream(setup_.market, name_of(param));
    return settings.denies(param) || settings.denies(channel_of(param)) ||
           (instrument != nullptr && settings.denies(instrument->ticker));
  }

  std::vector<std::string> subscribe(std::string_view params, std::int64_t now_ms) {
    std::vector<std::string> errors, acks;
    for (const std::string &param : split(params)) {
      // An unknown channel gets no answer at all, and neither does what is held already.
      if (!is_channel(setup_.market, channel_of(param)) || subscriptions_.contains(param)) continue;
      if (denied(param)) {
        errors.push_back(status("error", "not authorized"));
        continue;
      }
      add(param, now_ms);
      acks.push_back(status("success", "subscribed to: " + param));
    }
    return framed(std::move(errors), acks);
  }

  std::vector<std::string> unsubscribe(std::string_view params) {
    std::vector<std::string> acks;
    for (const std::string &param : split(params))
      if (subscriptions_.erase(param) > 0)
        acks.push_back(status("success", "unsubscribed to: " + param));
    return framed({}, acks);
  }

  std::vector<std::string> framed(std::vector<std::string> errors,
                                  const std::vector<std::string> &acks) const {
    std::vector<std::string> frames;
    if (!errors.empty()) frames.push_back(array_of(errors));
    if (setup_.settings.split_acks)
      for (const std::string &ack : acks) frames.push_back(array_of({ack}));
    else if (!acks.empty())
      frames.push_back(array_of(acks));
    return frames;
  }

  void add(const std::string &param, std::int64_t now_ms) {
    auto &sources = subscriptions_[param];
    const std::string_view channel = channel_of(param), name = name_of(param);
    for (const Instrument &each : setup_.listing.all()) {
      if (each.market != setup_.market || (name != "*" && name != each.stream_name())) continue;
      sources.push_back({concat({channel, ".", each.stream_name()}), &each, feed_of(each, channel, now_ms)});
    }
    std::erase_if(sources, [](const Source &source) { return source.feed == nullptr; });
  }

  static std::vector<std::string> split(std::string_view params) {
    std::vector<std::string> out;
    while (!params.empty()) {
      const std::string_view one = params.substr(0, params.find(','));
      params.remove_prefix(std::min(params.size(), one.size() + 1));
      if (!one.empty()) out.emplace_back(one);
    }
    return out;
  }

  Source *earliest() const {
    const Source *first = nullptr;
    for (const auto &[param, sources] : subscriptions_)
      for (const Source &source : sources)
        if (first == nullptr || source.feed->next_due() < first->feed->next_due()) first = &source;
    return const_cast<Source *>(first);
  }

  std::int64_t data_due() const {
    const Source *first = earliest();
    return first == nullptr ? kNever : first->feed->next_due() + setup_.lag_ms;
  }

  const SessionSetup setup_;
  const std::int64_t auth_until_;
  std::function<void()> wake_;
  std::shared_ptr<Seat> seat_;
  std::optional<SessionEnd> ending_;
  std::map<std::string, std::vector<Source>> subscriptions_;
  std::uint64_t frames_ = 0;
  bool greeted_ = false;
};

}  // namespace

std::unique_ptr<StreamSession> make_session(const SessionSetup &setup) {
  return std::make_unique<Session>(setup);
}

std::optional<Cluster> find_cluster(std::string_view path) {
  struct Named {
    std::string_view path;
    Market market;
  };
  constexpr std::array<Named, 4> all{{{"/stocks", Market::Stocks},
                                      {"/forex", Market::Forex},
                                      {"/crypto", Market::Crypto},
                                      {"/indices", Market::Indices}}};
  const bool delayed = path.starts_with("/delayed/");
  if (delayed) path.remove_prefix(8);
  for (const Named &each : all)
    if (each.path == path) return Cluster{each.market, delayed};
  return std::nullopt;
}

}  // namespace tapedeck::sim::polygon
