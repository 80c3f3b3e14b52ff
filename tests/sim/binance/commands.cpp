#include "sim/binance/commands.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cctype>

#include "sim/binance/stream_name.hpp"
#include "sim/text.hpp"

namespace tapedeck::sim::binance {
namespace {

namespace json = boost::json;

struct Named {
  std::string_view name;
  Method method;
};

constexpr std::array<Named, 5> kMethods{{
    {"SUBSCRIBE", Method::Subscribe},
    {"UNSUBSCRIBE", Method::Unsubscribe},
    {"LIST_SUBSCRIPTIONS", Method::ListSubscriptions},
    {"SET_PROPERTY", Method::SetProperty},
    {"GET_PROPERTY", Method::GetProperty},
}};

constexpr std::size_t kMaxTextId = 36;

std::string_view view(const json::string &text) { return {text.data(), text.size()}; }

[[noreturn]] void refuse(int code, std::string message) {
  throw CommandError{code, std::move(message), "null"};
}

[[noreturn]] void refuse_request(std::string_view what) {
  refuse(2, concat({"Invalid request: ", what}));
}

bool is_id(const json::value &value) {
  if (value.is_null() || value.is_int64()) return true;
  if (!value.is_string() || value.as_string().size() > kMaxTextId) return false;
  const auto text = view(value.as_string());
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0; });
}

Method method_of(const json::object &object, std::size_t length) {
  const json::value *value = object.if_contains("method");
  if (value == nullptr)
    refuse_request("missing field `method` at line 1 column " + std::to_string(length));
  if (!value->is_string())
    refuse_request("invalid type: expected variant identifier at line 1 column " +
                   std::to_string(length));
  const auto name = view(value->as_string());
  for (const Named &known : kMethods)
    if (known.name == name) return known.method;
  // The column is where the name ends when the method comes first, as in all examples.
  refuse_request(
      concat({"unknown variant `", name,
              "`, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, "
              "`SET_PROPERTY`, `GET_PROPERTY` at line 1 column ",
              std::to_string(std::string_view("{\"method\":\"\"").size() + name.size())}));
}

json::array params_of(const json::object &object) {
  const json::value *params = object.if_contains("params");
  if (params == nullptr) return {};
  if (!params->is_array()) refuse_request("params must be an array");
  return params->as_array();
}

void take_streams(Command &command, const json::array &params) {
  if (params.empty()) refuse_request("invalid stream");
  for (const json::value &each : params) {
    if (!each.is_string() || !parse_stream_name(view(each.as_string())))
      refuse_request("invalid stream");
    command.streams.emplace_back(view(each.as_string()));
  }
}

void take_property(Command &command, const json::array &params, std::size_t most) {
  if (params.size() > most) refuse_request("too many parameters");
  if (params.empty() || !params[0].is_string()) refuse_request("property name must be a string");
  if (view(params[0].as_string()) != "combined") refuse(0, "Unknown property");
  if (most == 1) return;
  if (params.size() < 2 || !params[1].is_bool()) refuse(1, "Invalid value type: expected Boolean");
  command.value = params[1].as_bool();
}

Command parse(const json::object &object, std::size_t length) {
  Command command;
  command.method = method_of(object, length);
  const json::value *id = object.if_contains("id");
  if (id == nullptr || !is_id(*id)) refuse_request("request ID must be an unsigned integer");
  command.id = json::serialize(*id);
  const json::array params = params_of(object);
  switch (command.method) {
    case Method::Subscribe:
    case Method::Unsubscribe:
      take_streams(command, params);
      break;
    case Method::ListSubscriptions:
      if (!params.empty()) refuse_request("too many parameters");
      break;
    case Method::SetProperty:
      take_property(command, params, 2);
      break;
    case Method::GetProperty:
      take_property(command, params, 1);
      break;
  }
  return command;
}

}  // namespace

std::optional<Command> parse_command(std::string_view text, CommandError &error) {
  json::stream_parser parser;
  boost::system::error_code broken;
  const std::size_t read = parser.write_some(text.data(), text.size(), broken);
  if (!broken && read == text.size()) parser.finish(broken);
  if (broken || read != text.size()) {
    error = {3, "Invalid JSON: expected value at line 1 column " + std::to_string(read + 1),
             "null"};
    return std::nullopt;
  }
  const json::value value = parser.release();
  if (!value.is_object()) {
    error = {2, "Invalid request: invalid type: expected struct Request at line 1 column 1",
             "null"};
    return std::nullopt;
  }
  const json::object &object = value.get_object();
  try {
    return parse(object, text.size());
  } catch (CommandError &refused) {
    error = std::move(refused);
    const json::value *id = object.if_contains("id");
    if (id != nullptr && is_id(*id)) error.id = json::serialize(*id);
    return std::nullopt;
  }
}

std::string result_reply(std::string_view result, std::string_view id) {
  return concat({"{\"result\":", result, ",\"id\":", id, "}"});
}

std::string error_reply(const CommandError &error) {
  const json::value message(json::string(error.message.data(), error.message.size()));
  return concat({"{\"error\":{\"code\":", std::to_string(error.code),
                 ",\"msg\":", json::serialize(message), "},\"id\":", error.id, "}"});
}

}  // namespace tapedeck::sim::binance
