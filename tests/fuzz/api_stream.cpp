// libFuzzer over what a client of WS /api/v1/stream may send: any text is a command or a StreamError, and
// every answer to it is JSON.
#include <boost/json.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "api/stream_command.hpp"
#include "api/stream_text.hpp"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

// {"type":...} with the id that the client gave, if any.
void check_answer(const std::string &answer, const std::string &id) {
  boost::system::error_code problem;
  const auto value = boost::json::parse(answer, problem);
  must(!problem && value.is_object() && value.as_object().contains("type"));
  must(value.as_object().contains("id") == !id.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  using namespace tapedeck;
  using namespace tapedeck::api;
  const std::string_view text(reinterpret_cast<const char *>(data), size);
  std::string id;
  try {
    const StreamCommand command = parse_command(text, id);
    if (command.action == StreamCommand::Action::Tap) {
      must(!command.pipeline.empty());
      check_answer(tapped_text(command.pipeline, command.stage, id), id);
    } else {
      must(!command.symbol.empty());
      Series series;
      series.symbol = command.symbol;
      series.interval = command.interval;
      check_answer(subscribed_text(true, command.channel, series, id), id);
    }
  } catch (const StreamError &error) {
    must(!error.code.empty());
    check_answer(error_text(error, id), id);
  }
  return 0;
}
