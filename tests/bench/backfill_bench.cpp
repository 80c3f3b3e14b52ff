// `tapedeck backfill` of two years of two symbols from tapedeck-sim into SQLite, against a bare C
// loop that upserts the same candles.
//
//   backfill_bench BIN_DIR WORK_DIR [rounds]
//
// Both take turns, in files of their own. Prints one JSON object.
#include "bench_config.hpp"
#include "child.hpp"
#include "figures.hpp"
#include "stored_candles.hpp"

#include <cctype>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <stdexcept>

namespace tapedeck::bench {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr double kRows = 2 * 730 * 1440;  // 2 x 1,051,200
constexpr double kRatio = 0.75;
constexpr double kRssMb = 200;

struct Run {
  double phase_rows_per_s = 0;
  Ended ended;
  double sim_cpu_s = 0;
};

void remove_store(const std::string &file) {
  for (const char *end : {"", "-wal", "-shm"}) fs::remove(file + end);
}

// "2,102,400 rows in 3 s: 700,800 rows/s, 2,104 requests": both numbers.
std::pair<double, double> rows_and_rate(const std::string &out) {
  const auto number_before = [&](const std::string &unit) {
    const std::size_t end = out.rfind(unit);
    if (end == std::string::npos) throw std::runtime_error("no '" + unit + "' in: " + out);
    std::size_t begin = end;
    std::string digits;
    for (; begin > 0 && (std::isdigit(out[begin - 1]) != 0 || out[begin - 1] == ','); --begin)
      if (out[begin - 1] != ',') digits.insert(digits.begin(), out[begin - 1]);
    return std::stod(digits);
  };
  return {number_before(" rows in "), number_before(" rows/s")};
}

class Rig {
 public:
  Rig(std::string bin, std::string work)
      : bin_(std::move(bin)), work_(std::move(work)), sim_(bin_, work_) {
    write_file(config_, bench_config(sim_.url(), store_));
  }

  // Asks for [from, to), into an empty store.
  Run backfill(const std::string &from, const std::string &to, double rows) {
    remove_store(store_);
    Run run;
    const double sim_before = sim_.cpu_s();
    run.ended = run_or_throw({bin_ + "/tapedeck", "backfill", config_, "--quiet", "--from", from,
                              "--to", to});
    run.sim_cpu_s = sim_.cpu_s() - sim_before;
    const auto [stored, rate] = rows_and_rate(run.ended.out);
    if (stored != rows) throw std::runtime_error("not all rows came: " + run.ended.out);
    run.phase_rows_per_s = rate;
    return run;
  }
  Run two_years() { return backfill("2023-01-01", "2024-12-31", kRows); }

  const std::string &store() const { return store_; }
  std::string reference_file() const { return work_ + "/reference.db"; }

 private:
  const std::string bin_, work_;
  const std::string config_ = work_ + "/bench.yaml", store_ = work_ + "/bench.db";
  Simulator sim_;
};

struct BareRun {
  double rows_per_s = 0, cpu_s = 0;
};

// Closing the file, which copies the rest of its log, is part of the time: the command closes too.
BareRun run_reference(const std::vector<Chunk> &chunks, const std::string &file) {
  remove_store(file);
  const auto began = std::chrono::steady_clock::now();
  const std::clock_t cpu = std::clock();
  {
    Reference reference(file);
    for (const Chunk &c : chunks) reference.commit(c);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  const double cpu_s = static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC;
  remove_store(file);
  return {kRows / took.count(), cpu_s};
}

struct Series {
  std::vector<double> phase, command, reference, phase_ratio, command_ratio;
  std::vector<double> host_cpu, sim_cpu, reference_cpu;
  void add(const Run &run, const BareRun &ref) {
    phase.push_back(run.phase_rows_per_s);
    command.push_back(kRows / run.ended.wall_s);
    reference.push_back(ref.rows_per_s);
    phase_ratio.push_back(run.phase_rows_per_s / ref.rows_per_s);
    command_ratio.push_back(command.back() / ref.rows_per_s);
    host_cpu.push_back(run.ended.cpu_s);
    sim_cpu.push_back(run.sim_cpu_s);
    reference_cpu.push_back(ref.cpu_s);
  }
};

json::object report(const Series &s, const Run &cold, const Run &six) {
  const double cpu = median(s.host_cpu) + median(s.sim_cpu);
  return {{"rows", kRows},
          {"rows_per_s_phase", median(s.phase)},
          {"rows_per_s_command", median(s.command)},
          {"rows_per_s_reference", median(s.reference)},
          {"ratio_phase", at_least(median(s.phase_ratio), kRatio)},
          {"ratio_command", at_least(median(s.command_ratio), kRatio)},
          {"ratios_phase_of_rounds", all_of(s.phase_ratio)},
          {"first_run_rows_per_s_phase", cold.phase_rows_per_s},
          {"cpu_s", {{"tapedeck", median(s.host_cpu)},
                     {"tapedeck_sim", median(s.sim_cpu)},
                     {"reference", median(s.reference_cpu)},
                     {"tapedeck_sim_first_run", cold.sim_cpu_s}}},
          // Two cores, of which one writes: no schedule is faster than half of all the work.
          {"ratio_by_cpu_of_two_idle_cores", median(s.reference_cpu) / (cpu / 2)},
          {"max_rss_mb_two_years", at_most(cold.ended.max_rss_mb, kRssMb)},
          {"max_rss_mb_six_years", at_most(six.ended.max_rss_mb, kRssMb)}};
}

int main_of(const std::string &bin, const std::string &work, int rounds) {
  fs::create_directories(work);
  Rig rig(bin, work);
  // What wait4 says of a child's memory includes ours at its fork: the runs whose memory counts come
  // before the candles are in here.
  std::fprintf(stderr, "backfill_bench: the first run, of pages the simulator has to make\n");
  const Run cold = rig.two_years();
  std::fprintf(stderr, "backfill_bench: six years, for their memory\n");
  const Run six = rig.backfill("2019-01-01", "2024-12-30", 2 * 2190 * 1440);
  std::vector<Chunk> chunks;
  Series series;
  for (int i = 0; i < rounds; ++i) {
    const Run run = rig.two_years();
    if (chunks.empty()) chunks = stored_candles(rig.store());
    series.add(run, run_reference(chunks, rig.reference_file()));
    std::fprintf(stderr, "backfill_bench: round %d of %d: %.0f rows/s, reference %.0f\n", i + 1,
                 rounds, series.phase.back(), series.reference.back());
  }
  remove_store(rig.store());
  std::printf("%s\n", json::serialize(report(series, cold, six)).c_str());
  return 0;
}

}  // namespace
}  // namespace tapedeck::bench

int main(int argc, char **argv) try {
  if (argc < 3) throw std::invalid_argument("usage: backfill_bench BIN_DIR WORK_DIR [rounds]");
  return tapedeck::bench::main_of(argv[1], argv[2], argc > 3 ? std::stoi(argv[3]) : 5);
} catch (const std::exception &e) {
  std::fprintf(stderr, "backfill_bench: %s\n", e.what());
  return 1;
}
