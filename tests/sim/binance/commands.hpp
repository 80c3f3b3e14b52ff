// What clients say on a Binance stream: one JSON object a message, checked as Binance checks it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tapedeck::sim::binance {

enum class Method { Subscribe, Unsubscribe, ListSubscriptions, SetProperty, GetProperty };

/// `params` by method: names of streams; `combined` and a Boolean.
struct Command {
  Method method = Method::ListSubscriptions;
  std::string id;  ///< as JSON, echoed in the reply
  std::vector<std::string> streams;
  bool value = false;
};

struct CommandError {
  int code = 2;
  std::string message;
  std::string id = "null";
};

/// The command, or nothing and `error`.
std::optional<Command> parse_command(std::string_view text, CommandError &error);

/// `{"result":null,"id":1}`; `result` is JSON.
std::string result_reply(std::string_view result, std::string_view id);
/// `{"error":{"code":2,"msg":"..."},"id":1}`
std::string error_reply(const CommandError &error);

}  // namespace tapedeck::sim::binance
