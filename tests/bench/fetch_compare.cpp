// fetch_bench against ccxt and a bare POCO + Boost.JSON loop: the same pages of one simulator, taking
// turns.
//
//   fetch_compare BIN_DIR WORK_DIR CCXT_FETCH CCXT_DIR [rounds]
//
// CCXT_FETCH is ccxt_fetch.mjs. Prints one JSON object.
#include "child.hpp"
#include "figures.hpp"

#include <cstdio>
#include <filesystem>
#include <map>
#include <stdexcept>

namespace tapedeck::bench {
namespace {

namespace json = boost::json;

constexpr double kTimesCcxt = 3;
constexpr int kPages = 500;

struct Reader {
  std::vector<std::string> argv;
  std::vector<double> rate, cpu_us;  // candles a second; microseconds of the reader's own a candle
  json::object last;

  void run() {
    last = json::parse(run_or_throw(argv).out).as_object();
    const auto number = [&](const char *key) { return last.at(key).to_number<double>(); };
    rate.push_back(number("rows") / number("seconds"));
    cpu_us.push_back(number("cpu_seconds") / number("rows") * 1e6);
  }
  json::object report() const {
    return {{"candles_per_s", median(rate)}, {"cpu_us_per_candle", median(cpu_us)}};
  }
};

double median_ratio(const Reader &a, const Reader &b) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < a.rate.size(); ++i) ratios.push_back(a.rate[i] / b.rate[i]);
  return median(ratios);
}

struct Readers {
  Reader tapedeck, tapedeck_two, bare, ccxt;
  Readers(const std::string &own, const std::string &url, const std::string &script,
          const std::string &ccxt_dir)
      : tapedeck{{own + "/fetch_bench", url, std::to_string(kPages)}, {}, {}, {}},
        tapedeck_two{{own + "/fetch_bench", url, std::to_string(kPages), "2"}, {}, {}, {}},
        bare{{own + "/bare_fetch_bench", url, std::to_string(kPages)}, {}, {}, {}},
        ccxt{{"node", script, ccxt_dir, url, std::to_string(kPages)}, {}, {}, {}} {}
  void run() {
    for (Reader *r : {&bare, &tapedeck, &ccxt, &tapedeck_two}) r->run();
  }
};

json::object report(const Readers &r) {
  return {{"pages_of_1000", kPages},
          {"tapedeck_one_thread", r.tapedeck.report()},
          {"tapedeck_two_threads", r.tapedeck_two.report()},
          {"bare_poco_boost_json", r.bare.report()},
          {"ccxt", r.ccxt.report()},
          {"ccxt_version", r.ccxt.last.at("version")},
          {"ratio_to_ccxt", at_least(median_ratio(r.tapedeck, r.ccxt), kTimesCcxt)},
          {"ratio_to_ccxt_two_threads", median_ratio(r.tapedeck_two, r.ccxt)},
          {"ratio_to_bare", median_ratio(r.tapedeck, r.bare)}};
}

int main_of(char **argv, int rounds) {
  const std::string bin = argv[1], work = argv[2];
  std::filesystem::create_directories(work);
  const Simulator sim(bin, work);
  const std::string own = std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
  Readers readers(own, sim.url(), argv[3], argv[4]);
  Readers(own, sim.url(), argv[3], argv[4]).tapedeck.run();  // renders the pages
  for (int i = 0; i < rounds; ++i) {
    readers.run();
    std::fprintf(stderr, "fetch_compare: round %d of %d: %.0f candles/s, ccxt %.0f, bare %.0f\n",
                 i + 1, rounds, readers.tapedeck.rate.back(), readers.ccxt.rate.back(),
                 readers.bare.rate.back());
  }
  std::printf("%s\n", json::serialize(report(readers)).c_str());
  return 0;
}

}  // namespace
}  // namespace tapedeck::bench

int main(int argc, char **argv) try {
  if (argc < 5)
    throw std::invalid_argument("usage: fetch_compare BIN_DIR WORK_DIR CCXT_FETCH CCXT_DIR [rounds]");
  return tapedeck::bench::main_of(argv, argc > 5 ? std::stoi(argv[5]) : 5);
} catch (const std::exception &e) {
  std::fprintf(stderr, "fetch_compare: %s\n", e.what());
  return 1;
}
