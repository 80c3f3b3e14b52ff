// The postgres plugin against psql on the same server and tables.
//
//   postgres_bench BIN_DIR WORK_DIR [rounds [new_range|overlaps|live_batch|read|timescaledb ...]]
//
// Both sides take turns. Prints one JSON object.
#include "postgres_bench.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>
#include <stdexcept>

namespace tapedeck::bench {

void PostgresDuel::add(const Cost &plugin, const Cost &psql) {
  plugin_s_.push_back(plugin.wall_s);
  psql_s_.push_back(psql.wall_s);
  ratio_.push_back(psql.wall_s / plugin.wall_s);
  cpu_ratio_.push_back(psql.cpu_s / plugin.cpu_s);
}

boost::json::object PostgresDuel::report(std::size_t rows, double required) const {
  const auto n = static_cast<double>(rows);
  boost::json::object out = {{"rows", rows},
                             {"plugin_rows_per_s", n / median(plugin_s_)},
                             {"psql_rows_per_s", n / median(psql_s_)},
                             {"ratio", median(ratio_)},
                             {"ratio_of_each_round", all_of(ratio_)},
                             {"ratio_by_cpu", median(cpu_ratio_)}};
  if (required > 0) out["ratio"] = at_least(median(ratio_), required);
  return out;
}

namespace {

// A server with the extension, if the programs of one are there: the same pages into a hypertable.
boost::json::object measure_timescaledb(PostgresBench &bench) {
  if (!servers::PrivatePostgres::has_timescaledb())
    return {{"skipped", "no TimescaleDB; set TAPEDECK_POSTGRES_BIN to the programs of a server that has it"}};
  bench.server.use_timescaledb();
  return measure_new_range(bench);
}

struct Subject {
  const char *name;
  boost::json::object (*measure)(PostgresBench &bench);
};
// The last one changes the database.
constexpr Subject kSubjects[] = {{"new_range", &measure_new_range},   {"overlaps", &measure_overlaps},
                                 {"live_batch", &measure_live_batch}, {"read", &measure_read},
                                 {"timescaledb", &measure_timescaledb}};

int main_of(PostgresBench &bench, const std::set<std::string> &chosen) {
  std::filesystem::create_directories(bench.work);
  boost::json::object figures;
  for (const Subject &subject : kSubjects) {
    if (!chosen.empty() && !chosen.contains(subject.name)) continue;
    std::fprintf(stderr, "postgres_bench: %s\n", subject.name);
    figures[subject.name] = subject.measure(bench);
  }
  std::printf("%s\n", boost::json::serialize(figures).c_str());
  return 0;
}

}  // namespace
}  // namespace tapedeck::bench

int main(int argc, char **argv) try {
  if (argc < 3) throw std::invalid_argument("usage: postgres_bench BIN_DIR WORK_DIR [rounds [subject ...]]");
  tapedeck::bench::PostgresBench bench;
  bench.bin = argv[1];
  bench.work = argv[2];
  if (argc > 3) bench.rounds = std::stoi(argv[3]);
  return tapedeck::bench::main_of(bench, {argv + std::min(argc, 4), argv + argc});
} catch (const std::exception &e) {
  std::fprintf(stderr, "postgres_bench: %s\n", e.what());
  return 1;
}
