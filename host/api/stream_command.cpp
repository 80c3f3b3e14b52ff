#include "api/stream_command.hpp"

#include <boost/json.hpp>

#include <vector>

#include "base/text.hpp"

namespace tapedeck::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kTextMax = 100;  // longer than any symbol or name
constexpr std::size_t kIdMax = 64;

std::string suggestion(std::string_view word, const std::vector<std::string> &names) {
  const std::string near = nearest(word.substr(0, kTextMax), names);
  return near.empty() ? "there are: " + join(names, ", ") : "did you mean '" + near + "'?";
}

StreamError invalid(const std::string &message, std::string hint = "") {
  return {"invalid_parameter", message, std::move(hint)};
}

const std::string &text_of(const json::object &fields, std::string_view name, std::string &into) {
  const json::value *value = fields.if_contains(name);
  if (value == nullptr) return into;
  if (!value->is_string() || value->get_string().empty() || value->get_string().size() > kTextMax)
    throw invalid("'" + std::string(name) + "' has to be a text of 1 to " + std::to_string(kTextMax) + " bytes");
  return into = std::string(value->get_string());
}

std::string required(const json::object &fields, std::string_view name, const std::string &example) {
  std::string text;
  if (text_of(fields, name, text).empty())
    throw invalid("'" + std::string(name) + "' is missing", "write \"" + std::string(name) + "\":\"" + example + "\"");
  return text;
}

void check_names(const json::object &fields, std::vector<std::string> allowed) {
  allowed.insert(allowed.end(), {"action", "id"});
  for (const auto &field : fields) {
    const std::string name(field.key());
    if (std::find(allowed.begin(), allowed.end(), name) == allowed.end())
      throw invalid("unknown field '" + printable(name, 60) + "'", suggestion(name, allowed));
  }
}

void read_id(const json::object &fields, std::string &id) {
  const json::value *value = fields.if_contains("id");
  if (value == nullptr) return;
  const bool usable = value->is_int64() || value->is_uint64() ||
                      (value->is_string() && value->get_string().size() <= kIdMax);
  if (!usable) throw invalid("'id' has to be a whole number or a text of at most " + std::to_string(kIdMax) + " bytes");
  id = json::serialize(*value);
}

StreamCommand::Action read_action(const json::object &fields) {
  using enum StreamCommand::Action;
  const std::string name = required(fields, "action", "subscribe");
  if (name == "subscribe") return Subscribe;
  if (name == "unsubscribe") return Unsubscribe;
  if (name == "tap") return Tap;
  throw StreamError("unknown_action", "unknown action '" + printable(name, 60) + "'",
                    suggestion(name, {"subscribe", "unsubscribe"}));
}

Interval read_interval(const std::string &text) {
  if (const auto interval = Interval::parse(text)) return *interval;
  std::vector<std::string> names;
  for (const auto &i : Interval::all()) names.push_back(i.name());
  throw StreamError("unknown_interval", "unknown interval '" + printable(text, 60) + "'", "there are: " + join(names, ", "));
}

std::optional<std::uint32_t> read_price(const json::object &fields) {
  std::string name;
  if (text_of(fields, "price", name).empty()) return std::nullopt;
  if (const auto price = parse_price_type(name)) return price;
  throw invalid("unknown price '" + printable(name, 60) + "'", suggestion(name, {"trade", "mid", "bid", "ask"}));
}

Channel read_channel(const json::object &fields, bool has_interval) {
  std::string name;
  text_of(fields, "channel", name);
  if (name.empty()) return has_interval ? Channel::Candles : Channel::Quotes;
  for (const Channel c : {Channel::Candles, Channel::Quotes, Channel::Trades})
    if (name == channel_name(c)) return c;
  throw invalid("unknown channel '" + printable(name, 60) + "'", suggestion(name, {"candles", "quotes", "trades"}));
}

void read_subscription(const json::object &fields, StreamCommand &command) {
  check_names(fields, {"symbol", "interval", "price", "channel"});
  command.symbol = required(fields, "symbol", "BTC/USDT");
  std::string interval;
  text_of(fields, "interval", interval);
  command.channel = read_channel(fields, !interval.empty());
  if (command.channel == Channel::Candles) command.interval = read_interval(required(fields, "interval", "1m"));
  else if (!interval.empty()) throw invalid("only candles have an interval", "leave 'interval' or 'channel' out");
  command.price = read_price(fields);
  if (command.price && command.channel != Channel::Candles) throw invalid("only candles have a price", "leave 'price' out");
}

void read_tap(const json::object &fields, StreamCommand &command) {
  check_names(fields, {"pipeline", "stage"});
  command.pipeline = required(fields, "pipeline", "crypto");
  std::string stage;
  if (text_of(fields, "stage", stage).empty()) return;
  const auto known = stage_of(stage);
  if (!known) throw invalid("unknown stage '" + printable(stage, 60) + "'", suggestion(stage, {"received", "published", "stored"}));
  command.stage = *known;
}

json::object parse_object(std::string_view text) {
  json::error_code problem;
  json::parse_options options;
  options.max_depth = 4;
  json::value value = json::parse(text, problem, {}, options);
  if (problem || !value.is_object())
    throw StreamError("bad_json", problem ? "this is no JSON: " + problem.message() : "this is JSON, but no object",
                      R"(send {"action":"subscribe","symbol":"BTC/USDT","interval":"1m"})");
  return std::move(value.as_object());
}

}  // namespace

std::string_view channel_name(Channel channel) noexcept {
  switch (channel) {
    case Channel::Candles: return "candles";
    case Channel::Quotes: return "quotes";
    case Channel::Trades: return "trades";
  }
  return "";
}

std::string_view stage_name(LiveStage stage) noexcept {
  switch (stage) {
    case LiveStage::Received: return "received";
    case LiveStage::Published: return "published";
    case LiveStage::Stored: return "stored";
  }
  return "";
}

std::optional<LiveStage> stage_of(std::string_view name) noexcept {
  for (const LiveStage s : {LiveStage::Received, LiveStage::Published, LiveStage::Stored})
    if (name == stage_name(s)) return s;
  return std::nullopt;
}

StreamCommand parse_command(std::string_view text, std::string &id) {
  const json::object fields = parse_object(text);
  read_id(fields, id);
  StreamCommand command;
  command.action = read_action(fields);
  if (command.action == StreamCommand::Action::Tap) read_tap(fields, command);
  else read_subscription(fields, command);
  return command;
}

}  // namespace tapedeck::api
