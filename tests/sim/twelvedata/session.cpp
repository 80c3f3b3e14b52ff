#include "sim/twelvedata/session.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <optional>

#include "sim/text.hpp"
#include "sim/time_text.hpp"
#include "sim/twelvedata/bars.hpp"
#include "sim/twelvedata/query.hpp"

namespace tapedeck::sim::twelvedata {
namespace {

namespace json = boost::json;

constexpr std::uint16_t kNormal = 1000;  // what the vendor sends is not recorded
constexpr std::size_t kTrialSymbols = 8;
constexpr std::string_view kCannotParse =
    R"({"event":"subscribe-status","status":"error","messages":["Cant parse message"]})";

std::string text_of(const json::value *value) {
  const json::string *text = value ? value->if_string() : nullptr;
  return text ? std::string(text->data(), text->size()) : std::string();
}

/// The prices of one instrument: the close of each second in which something was traded.
class Feed {
 public:
  Feed(const Instrument &instrument, const Settings &settings, std::int64_t now_ms)
      : instrument_(&instrument), settings_(&settings) {
    restart(now_ms);
  }

  /// Skips what has happened.
  void restart(std::int64_t now_ms) {
    load(now_ms);
    while (at_ < stretch_.parts.size() && stretch_.part_end(at_) <= now_ms) ++at_;
    skip();
  }
  std::int64_t due() const {
    return at_ < stretch_.parts.size() ? stretch_.part_end(at_) : stretch_.end() + 1;
  }
  /// The next price; nothing at the end of a stretch.
  std::optional<std::string> step() {
    if (at_ >= stretch_.parts.size()) {
      load(stretch_.end());
      skip();
      return std::nullopt;
    }
    const std::int64_t time = stretch_.part_end(at_);
    const Candle part = stretch_.parts[at_++];
    skip();
    volume_ += part.volume;
    return price(time, part.close);
  }

 private:
  void load(std::int64_t time) {
    instrument_->series->stretch(time, stretch_);
    if (stretch_.parts.empty() && stretch_.length_ms == 0) {
      stretch_.open_time = floor_div(time, kMinuteMs) * kMinuteMs;
      stretch_.length_ms = kMinuteMs;
    }
    const bool any_hour =
        instrument_->recorded || (settings_->weekend_bars && instrument_->is_pair());
    if (!any_hour && !is_open(*instrument_, stretch_.open_time)) stretch_.parts.clear();
    at_ = 0;
  }
  void skip() {
    while (at_ < stretch_.parts.size() && stretch_.parts[at_].trades == 0) ++at_;
  }

  std::string price(std::int64_t time, std::int64_t close) const {
    const Instrument &i = *instrument_;
    std::string out = concat({"{\"event\":\"price\",\"symbol\":", json_text(i.symbol)});
    const auto add = [&](std::string_view name, std::string_view value) {
      if (!value.empty()) out += concat({",\"", name, "\":", json_text(value)});
    };
    add("currency", i.currency);
    add("currency_base", i.base);
    add("currency_quote", i.quote);
    add("exchange", i.exchange);
    add("mic_code", i.mic);
    add("type", i.type());
    out += concat(
        {",\"timestamp\":", std::to_string(time / 1'000), ",\"price\":", price_text(i, close)});
    if (i.is_pair())
      out += concat({",\"bid\":", price_text(i, close - i.unit.tick),
                     ",\"ask\":", price_text(i, close + i.unit.tick)});
    if (i.kind == Class::Stock)
      out +=
          concat({",\"day_volume\":", std::to_string(static_cast<std::int64_t>(volume_ / kUnit))});
    return out + "}";
  }

  const Instrument *instrument_;
  const Settings *settings_;
  Stretch stretch_;
  std::size_t at_ = 0;
  Wide volume_ = 0;
};

struct Wanted {
  std::string symbol, as_sent;  // a JSON value
};

/// Elements are a comma-separated text or objects; nothing for other forms.
std::optional<std::vector<Wanted>> wanted_in(const json::object &command) {
  const json::value *params = command.if_contains("params");
  const json::object *object = params ? params->if_object() : nullptr;
  const json::value *symbols = object ? object->if_contains("symbols") : nullptr;
  if (symbols == nullptr) return std::nullopt;
  std::vector<Wanted> out;
  if (const json::string *text = symbols->if_string()) {
    const Query list = Query::parse(concat({"symbols=", {text->data(), text->size()}}));
    for (const std::string &symbol : list.list("symbols"))
      out.push_back({symbol, concat({"{\"symbol\":", json_text(symbol), "}"})});
    return out;
  }
  const json::array *array = symbols->if_array();
  if (array == nullptr) return std::nullopt;
  for (const json::value &element : *array) {
    const json::object *row = element.if_object();
    std::string symbol = row ? text_of(row->if_contains("symbol")) : std::string();
    std::string exchange = row ? text_of(row->if_contains("exchange")) : std::string();
    if (exchange.empty() && row != nullptr) exchange = text_of(row->if_contains("mic_code"));
    if (!exchange.empty()) symbol += ":" + exchange;
    out.push_back({symbol, json::serialize(element)});
  }
  return out;
}

std::string success_row(const Instrument &i) {
  return concat({"{\"symbol\":", json_text(i.symbol),
                 ",\"exchange\":", json_text(i.exchange.empty() ? "FOREX" : i.exchange),
                 i.mic.empty() ? "" : ",\"mic_code\":" + json_text(i.mic),
                 ",\"country\":", json_text(i.country), ",\"type\":", json_text(i.type()), "}"});
}

std::string joined(const std::vector<std::string> &rows) {
  std::string out = "[";
  for (const std::string &row : rows) out += concat({out.size() > 1 ? "," : "", row});
  return out + "]";
}

class Session final : public StreamSession {
 public:
  explicit Session(const SessionSetup &setup)
      : setup_(setup), listing_(setup.listing), settings_(setup.settings), now_ms_(setup.now_ms) {}
  ~Session() override {
    if (seat_) setup_.seats.leave(seat_);
  }

  /// A further connection than the account may have closes an older one.
  void set_waker(std::function<void()> wake) override {
    seat_ = std::make_shared<Seat>(std::move(wake));
    setup_.seats.take(setup_.key, seat_, now_ms_);
  }

  std::vector<std::string> notices(std::int64_t now_ms) override {
    if (!ending_ && seat_ && now_ms >= seat_->evicted_at())
      ending_ = SessionEnd{kNormal, "", "a newer connection of the key"};
    return {};
  }
  std::optional<SessionEnd> ending() const override { return ending_; }

  std::vector<std::string> on_text(std::string_view text, std::int64_t now_ms) override {
    now_ms_ = now_ms;
    if (ending_) return {};
    boost::system::error_code error;
    const json::value value = json::parse({text.data(), text.size()}, error);
    const json::object *command = error ? nullptr : value.if_object();
    const std::string action = command ? text_of(command->if_contains("action")) : std::string();
    if (action == "heartbeat") return {R"({"event":"heartbeat","status":"ok"})"};
    if (action == "reset") {
      feeds_.clear();
      return {R"({"event":"reset-status","status":"ok"})"};
    }
    if (action != "subscribe" && action != "unsubscribe") return {std::string(kCannotParse)};
    const auto wanted = wanted_in(*command);
    if (!wanted || wanted->empty()) return {std::string(kCannotParse)};
    return {action == "subscribe" ? subscribe(*wanted) : unsubscribe(*wanted)};
  }

  std::int64_t next_due() const override {
    if (ending_) return kNever;
    return std::min(seat_ ? seat_->evicted_at() : kNever, data_due());
  }

  bool next(std::int64_t until, StreamMessage &message) override {
    if (ending_) return false;
    while (data_due() <= until) {
      auto first = std::min_element(feeds_.begin(), feeds_.end(), [](const auto &a, const auto &b) {
        return a.second.due() < b.second.due();
      });
      message.due = first->second.due();
      const auto text = first->second.step();
      if (!text) continue;
      message.stream = first->first;
      message.text = *text;
      message.closing = false;
      return true;
    }
    return false;
  }

  void restart(std::int64_t now_ms) override {
    now_ms_ = now_ms;
    for (auto &[symbol, feed] : feeds_) feed.restart(now_ms);
  }

  std::vector<std::string> subscriptions() const override {
    std::vector<std::string> out;
    for (const auto &[symbol, feed] : feeds_) out.push_back(symbol);
    return out;
  }

  /// The vendor announces nothing; this is a frame that clients do not know.
  std::string shutdown_notice(std::int64_t) const override {
    return R"({"event":"maintenance","status":"ok"})";
  }

 private:
  std::int64_t data_due() const {
    std::int64_t due = kNever;
    for (const auto &[symbol, feed] : feeds_) due = std::min(due, feed.due());
    return due;
  }

  /// A row of what failed: as it was sent, or with the reason.
  std::optional<std::string> failure(const Wanted &wanted, const Instrument *instrument) const {
    if (instrument == nullptr) return wanted.as_sent;
    if (settings_.is_basic() && !instrument->plan.empty())
      return concat({"{\"symbol\":", json_text(wanted.symbol),
                     ",\"message\":\"You are not authorized to access ",
                     instrument->mic.empty() ? "this" : instrument->mic, " data.\"}"});
    const bool is_full = settings_.is_trial() && feeds_.size() >= kTrialSymbols;
    if (is_full && feeds_.count(instrument->symbol) == 0) return wanted.as_sent;
    return std::nullopt;
  }

  std::string subscribe(const std::vector<Wanted> &wanted) {
    std::vector<std::string> success, fails;
    for (const Wanted &one : wanted) {
      const Instrument *instrument = listing_.find(one.symbol);
      if (auto failed = failure(one, instrument)) {
        fails.push_back(std::move(*failed));
        continue;
      }
      success.push_back(success_row(*instrument));
      feeds_.try_emplace(instrument->symbol, *instrument, settings_, now_ms_);
    }
    return status(success, fails);
  }

  std::string unsubscribe(const std::vector<Wanted> &wanted) {
    std::vector<std::string> success;
    for (const Wanted &one : wanted) {
      const Instrument *instrument = listing_.find(one.symbol);
      if (instrument != nullptr && feeds_.erase(instrument->symbol) != 0)
        success.push_back(success_row(*instrument));
    }
    return status(success, {});
  }

  std::string status(const std::vector<std::string> &success,
                     const std::vector<std::string> &fails) const {
    const std::string_view word = fails.empty() ? "ok" : success.empty() ? "error" : "warning";
    std::string out = concat({"{\"event\":\"subscribe-status\",\"status\":\"", word, "\""});
    const auto add = [&](std::string_view name, const std::vector<std::string> &rows) {
      if (!rows.empty() || settings_.arrays == "full")
        out += concat({",\"", name, "\":", joined(rows)});
      else if (settings_.arrays == "null")
        out += concat({",\"", name, "\":null"});
    };
    add("success", success);
    add("fails", fails);
    return out + "}";
  }

  const SessionSetup setup_;
  const Listing &listing_;
  const Settings &settings_;
  std::int64_t now_ms_;
  std::map<std::string, Feed> feeds_;
  std::shared_ptr<Seat> seat_;
  std::optional<SessionEnd> ending_;
};

}  // namespace

std::unique_ptr<StreamSession> make_session(const SessionSetup &setup) {
  return std::make_unique<Session>(setup);
}

}  // namespace tapedeck::sim::twelvedata
