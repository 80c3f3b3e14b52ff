// What postgres_bench measures, one function a subject; each gives its figures as JSON.
#pragma once

#include "figures.hpp"
#include "postgres_pages.hpp"
#include "postgres_server.hpp"

#include <string>
#include <vector>

namespace tapedeck::bench {

struct PostgresBench {
  PostgresServer server;
  conformance::FakeHost host;
  std::string bin, work;  // directories: of the programs, for files
  int rounds = 5;
};

// Into the plugin's store of that schema.
inline void write_pages(const PostgresBench &bench, const std::string &schema, const std::vector<Chunk> &pages, int workers) {
  write_pages(bench.server.options(schema), bench.host.raw(), pages, workers);
}

// A subject and its reference, which took turns with the same rows.
class PostgresDuel {
 public:
  void add(const Cost &plugin, const Cost &psql);
  // `required`: of the ratio of rows a second, 0: none.
  boost::json::object report(std::size_t rows, double required) const;

 private:
  std::vector<double> plugin_s_, psql_s_, ratio_, cpu_ratio_;
};

inline constexpr const char *kCandleColumns =
    "time, batch_id, trades, series_id, state, nanos, open, high, low, close, volume, turnover";

boost::json::object measure_new_range(PostgresBench &bench);
boost::json::object measure_overlaps(PostgresBench &bench);
boost::json::object measure_live_batch(PostgresBench &bench);
boost::json::object measure_read(PostgresBench &bench);

}  // namespace tapedeck::bench
