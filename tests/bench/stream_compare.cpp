// stream_decode_bench against the normalisers of tardis-dev: the same messages, taking turns.
//
//   stream_compare WORK_DIR SCRIPT_DIR TARDIS_DIR RECORDING [rounds]
//
// SCRIPT_DIR holds stream_wire.mjs and tardis_decode.mjs. Prints one JSON object.
#include "child.hpp"
#include "figures.hpp"

#include <cstdio>
#include <filesystem>
#include <stdexcept>

namespace tapedeck::bench {
namespace {

namespace json = boost::json;

constexpr double kTimesTardis = 2;
constexpr const char *kRepeats = "80";  // of the recording, a round: some seconds
constexpr const char *kTardisRepeats = "30";

struct Decoder {
  std::vector<std::string> argv;
  std::vector<double> rate, cpu_us;  // messages a second; microseconds of CPU a message
  json::object last;

  void run() {
    last = json::parse(run_or_throw(argv).out).as_object();
    const auto number = [&](const char *key) { return last.at(key).to_number<double>(); };
    rate.push_back(number("messages") / number("seconds"));
    cpu_us.push_back(number("cpu_seconds") / number("messages") * 1e6);
  }
  json::object report() const {
    return {{"messages_per_s", median(rate)},
            {"rounds", all_of(rate)},
            {"cpu_us_per_message", median(cpu_us)}};
  }
};

double median_ratio(const Decoder &a, const Decoder &b) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < a.rate.size(); ++i) ratios.push_back(a.rate[i] / b.rate[i]);
  return median(ratios);
}

int main_of(char **argv, int rounds) {
  const std::filesystem::path work = argv[1], scripts = argv[2];
  std::filesystem::create_directories(work);
  const std::string wire = (work / "wire").string();
  const json::value made = json::parse(
      run_or_throw({"node", (scripts / "stream_wire.mjs").string(), argv[4], wire}).out);
  const auto own = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  const std::string bench = (own / "stream_decode_bench").string();
  Decoder parser{{bench, wire, kRepeats}, {}, {}, {}};
  Decoder delivered{{bench, wire, kRepeats, "delivered"}, {}, {}, {}};
  Decoder tardis{{"node", (scripts / "tardis_decode.mjs").string(), argv[3], wire, kTardisRepeats},
                 {},
                 {},
                 {}};
  for (int i = 0; i < rounds; ++i) {
    for (Decoder *d : {&parser, &tardis, &delivered}) d->run();
    std::fprintf(stderr, "stream_compare: round %d of %d: %.0f messages/s, tardis-dev %.0f\n",
                 i + 1, rounds, parser.rate.back(), tardis.rate.back());
  }
  const json::object report{{"name", "stream_decode"},
                            {"recorded", made.at("recorded")},
                            {"messages", made.at("messages")},
                            {"parser", parser.report()},
                            {"run_stream_to_sink", delivered.report()},
                            {"reference", tardis.report()},
                            {"tardis_dev_version", tardis.last.at("version")},
                            {"ratio", at_least(median_ratio(parser, tardis), kTimesTardis)},
                            {"ratio_of_run_stream", median_ratio(delivered, tardis)}};
  std::printf("%s\n", json::serialize(report).c_str());
  return 0;
}

}  // namespace
}  // namespace tapedeck::bench

int main(int argc, char **argv) try {
  if (argc < 5)
    throw std::invalid_argument(
        "usage: stream_compare WORK_DIR SCRIPT_DIR TARDIS_DIR RECORDING [rounds]");
  return tapedeck::bench::main_of(argv, argc > 5 ? std::stoi(argv[5]) : 5);
} catch (const std::exception &e) {
  std::fprintf(stderr, "stream_compare: %s\n", e.what());
  return 1;
}
