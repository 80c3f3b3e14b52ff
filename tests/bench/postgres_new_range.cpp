// Two years of minutes into a new range: the plugin against psql's COPY into the same partitions and key.
#include "candle_market.hpp"
#include "postgres_bench.hpp"

#include <stdexcept>

namespace tapedeck::bench {
namespace {

constexpr std::size_t kYear = 365 * 1440;
constexpr double kRequired = 0.8;

// A year of one series after a year of the other.
std::vector<Chunk> pages_of(std::size_t rows) {
  std::vector<Chunk> pages = make_chunks(kYear, rows, 1);
  const std::vector<Chunk> first = pages;
  for (const Chunk &page : first) pages.emplace_back(page).series = 2;
  return pages;
}

struct Way {
  const char *name;
  std::vector<Chunk> pages;
  int workers;
  double required;
  PostgresDuel duel{};
};

void expect_all(const PostgresBench &bench, const char *schema) {
  const auto rows = bench.server.client(schema).number("SELECT count(*) FROM candle");
  if (rows != 2 * kYear) throw std::runtime_error(std::string(schema) + " has " + std::to_string(rows) + " rows");
}

}  // namespace

boost::json::object measure_new_range(PostgresBench &bench) {
  const PostgresServer &server = bench.server;
  // Four workers, as the pipelines have: about two pages are committed at a time. One page at a time with one.
  Way ways[] = {{"pages_of_1000", pages_of(1000), 4, kRequired},
                {"pages_of_1000_one_by_one", pages_of(1000), 1, 0},
                {"pages_of_10000", pages_of(10'000), 4, 0}};
  const std::string file = bench.work + "/candles.txt", columns = kCandleColumns;
  server.make_store("plugin", bench.host);
  write_pages(bench, "plugin", ways[2].pages, 4);
  server.psql("plugin", {"\\copy (SELECT " + columns + " FROM candle ORDER BY series_id, time) TO '" + file + "'"});
  server.make_store("psql", bench.host);
  server.make_partitions("psql", kFirstCandle, ways[0].pages.back().open_time.back());
  for (int round = 0; round < bench.rounds; ++round)
    for (Way &way : ways) {
      server.client("psql").execute("TRUNCATE candle");
      const Cost psql = server.cost_of([&] { server.psql("psql", {"\\copy candle(" + columns + ") FROM '" + file + "'"}); });
      expect_all(bench, "psql");
      server.make_store("plugin", bench.host);
      way.duel.add(server.cost_of([&] { write_pages(bench, "plugin", way.pages, way.workers); }), psql);
      expect_all(bench, "plugin");
    }
  boost::json::object out;
  for (const Way &way : ways) out[way.name] = way.duel.report(2 * kYear, way.required);
  return out;
}

}  // namespace tapedeck::bench
