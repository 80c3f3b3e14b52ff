// How long a start takes: `tapedeck plugins list`, and `tapedeck run` until it is ready, with the
// plugins' verdicts cached and without.
//
//   start_bench BIN_DIR WORK_DIR [runs]
//
// Prints one JSON object.
#include "bench_config.hpp"
#include "child.hpp"
#include "figures.hpp"
#include "http_get.hpp"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <thread>

namespace tapedeck::bench {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using Clock = std::chrono::steady_clock;

constexpr double kReadyMs = 300;

class Rig {
 public:
  Rig(std::string bin, std::string work)
      : tapedeck_(std::move(bin) + "/tapedeck"), work_(std::move(work)) {}

  double plugins_list_ms() const {
    return run_or_throw({tapedeck_, "plugins", "list"}, environment()).wall_s * 1e3;
  }

  // Nothing of the source is asked: its address is one where nobody listens.
  double run_until_ready_ms() const {
    const std::uint16_t port = free_port();
    const std::string config = work_ + "/start.yaml";
    write_file(config, bench_config("http://127.0.0.1:9/binance", work_ + "/start.db",
                                    "BTC/USDT, ETH/USDT", "127.0.0.1:" + std::to_string(port)));
    const auto began = Clock::now();
    Background host({tapedeck_, "run", config, "--log-level", "warn"}, environment());
    while (http_get(port, "/ready").status != 200) {
      if (!host.running() || Clock::now() - began > std::chrono::seconds(30))
        throw std::runtime_error("`tapedeck run` does not become ready");
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return std::chrono::duration<double, std::milli>(Clock::now() - began).count();
  }

  void forget_verdicts() const { fs::remove_all(work_ + "/cache"); }

 private:
  std::vector<std::string> environment() const {
    return {"XDG_CACHE_HOME=" + fs::absolute(work_).string() + "/cache"};
  }
  const std::string tapedeck_, work_;
};

struct Times {
  std::vector<double> list, list_cold, ready, ready_cold;
  void measure(const Rig &rig) {
    rig.forget_verdicts();
    list_cold.push_back(rig.plugins_list_ms());
    list.push_back(rig.plugins_list_ms());
    rig.forget_verdicts();
    ready_cold.push_back(rig.run_until_ready_ms());
    ready.push_back(rig.run_until_ready_ms());
  }
};

int main_of(const std::string &bin, const std::string &work, int runs) {
  fs::create_directories(work);
  const Rig rig(bin, work);
  Times t;
  for (int i = 0; i < runs; ++i) t.measure(rig);
  const json::object out{{"runs", runs},
                         {"plugins_list_ms", at_most(median(t.list), kReadyMs)},
                         {"run_until_ready_ms", at_most(median(t.ready), kReadyMs)},
                         {"plugins_list_ms_nothing_cached", median(t.list_cold)},
                         {"run_until_ready_ms_nothing_cached", median(t.ready_cold)}};
  std::printf("%s\n", json::serialize(out).c_str());
  return 0;
}

}  // namespace
}  // namespace tapedeck::bench

int main(int argc, char **argv) try {
  if (argc < 3) throw std::invalid_argument("usage: start_bench BIN_DIR WORK_DIR [runs]");
  return tapedeck::bench::main_of(argv[1], argv[2], argc > 3 ? std::stoi(argv[3]) : 20);
} catch (const std::exception &e) {
  std::fprintf(stderr, "start_bench: %s\n", e.what());
  return 1;
}
