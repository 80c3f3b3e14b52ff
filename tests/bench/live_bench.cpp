// A live pipeline, end to end: the real host with the real plugins, a vendor that sends as fast as its socket
// takes, a subscriber, a store; and how long a message takes when few come.
//
//   live_bench BIN_DIR WORK_DIR SCRIPT_DIR RECORDING [rounds] [messages] [seconds]
//
// SCRIPT_DIR holds stream_wire.mjs. Prints one JSON object; `rounds` 0 leaves the throughput out, `seconds` 0
// the latency.
#include "live_scenarios.hpp"

#include <cstdio>
#include <filesystem>
#include <stdexcept>

#include "child.hpp"

namespace tapedeck::bench {
namespace {

namespace json = boost::json;

int main_of(int argc, char **argv) {
  const auto number = [&](int i, int otherwise) { return argc > i ? std::stoi(argv[i]) : otherwise; };
  LiveSetup setup{argv[1], argv[2], {}};
  std::filesystem::create_directories(setup.work);
  const std::string wire = setup.work + "/wire";
  json::object report = json::parse(run_or_throw({"node", std::string(argv[3]) + "/stream_wire.mjs", argv[4], wire}).out).as_object();
  report.erase("messages");
  setup.recorded = read_live_messages(wire);
  const int rounds = number(5, 3), messages = number(6, 1'000'000), seconds = number(7, 20);
  if (rounds > 0) report["throughput"] = measure_live_throughput(setup, static_cast<std::size_t>(messages), rounds);
  if (seconds > 0) report["latency"] = measure_live_latency(setup, seconds);
  std::printf("%s\n", json::serialize(report).c_str());
  return 0;
}

}  // namespace
}  // namespace tapedeck::bench

int main(int argc, char **argv) try {
  if (argc < 5)
    throw std::invalid_argument("usage: live_bench BIN_DIR WORK_DIR SCRIPT_DIR RECORDING [rounds] [messages] [seconds]");
  return tapedeck::bench::main_of(argc, argv);
} catch (const std::exception &e) {
  std::fprintf(stderr, "live_bench: %s\n", e.what());
  return 1;
}
