// The live view: a client of the running host's own stream.
#include <tapedeck/layer/core.hpp>

#include <cstdio>

#include "api/stream_command.hpp"
#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/session.hpp"
#include "app/tap_stream.hpp"
#include "base/text.hpp"

namespace tapedeck {
namespace {

std::string suggestion(const std::string &word, const std::vector<std::string> &names) {
  const std::string near = nearest(word, names);
  return near.empty() ? "; there are: " + join(names, ", ") : "; did you mean '" + near + "'?";
}

void check_names(const Config &config, const TapOptions &what) {
  if (!api::stage_of(what.stage))
    throw Error(TDK_INVALID_ARGUMENT, "unknown stage '" + printable(what.stage, 60) + "'" +
                                          suggestion(what.stage, {"received", "published", "stored"}));
  std::vector<std::string> names;
  for (const auto &p : config.pipelines) names.push_back(p.name);
  if (config.pipeline(what.pipeline) == nullptr)
    throw Error(TDK_INVALID_ARGUMENT, "no pipeline '" + printable(what.pipeline, 60) + "'" + suggestion(what.pipeline, names));
}

void write_line(std::FILE *to, std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), to) != text.size() || std::fputc('\n', to) == EOF)
    throw Error(TDK_IO, "writing the stream failed; is the disk full, or did the reader leave?");
}

void flush_output() {
  if (std::fflush(stdout) != 0) throw Error(TDK_IO, "writing to standard output failed");
}

// `count` messages, or for ever when it is 0.
void print_stream(TapStream &stream, std::uint64_t count) {
  for (std::uint64_t printed = 0; count == 0 || printed < count;) {
    const std::string_view text = stream.next(flush_output);
    if (text.starts_with(R"({"type":"status")")) {
      write_line(stderr, text);
    } else if (text.starts_with(R"({"type":"error")")) {
      throw Error(TDK_UNAVAILABLE, "the running host refuses: " + std::string(text));
    } else if (!text.starts_with(R"({"type":"tapped")")) {
      write_line(stdout, text);
      ++printed;
    }
  }
}

}  // namespace

int cmd_tap(const std::string &file, const TapOptions &what) {
  const LoadedConfig loaded = load_config({file}, system_input(system_clock().now_ns()));
  if (print_problems(loaded.problems)) throw Session::Refused{};
  check_names(loaded.config, what);
  if (!loaded.config.api)
    throw Error(TDK_INVALID_ARGUMENT, "the configuration has no 'api', so a host that runs it cannot be asked; "
                                      "add api: { listen: \"127.0.0.1:8080\" }");
  CancelSource cancel;
  SignalGuard guard(cancel);
  try {
    TapStream stream(loaded.config.api->host, loaded.config.api->port, cancel);
    stream.send(R"({"action":"tap","pipeline":)" + json_quoted(what.pipeline) + R"(,"stage":)" + json_quoted(what.stage) + "}");
    print_stream(stream, what.count);
  } catch (const Error &e) {
    flush_output();
    if (e.code() != TDK_CANCELLED) throw;
  }
  flush_output();
  return kExitOk;
}

}  // namespace tapedeck
