// Rows of which some or all are there already: the plugin against psql with a staging table and one upsert.
#include "candle_market.hpp"
#include "postgres_bench.hpp"

#include <functional>
#include <stdexcept>

namespace tapedeck::bench {
namespace {

constexpr std::size_t kRows = 200'000, kPage = 1000;
constexpr int kWorkers = 4;
constexpr double kRequired = 0.8;

std::vector<Chunk> changed(std::vector<Chunk> pages, const std::function<void(Chunk &)> &change) {
  for (Chunk &page : pages) change(page);
  return pages;
}

template <class T>
void keep_every_second(std::vector<T> &column) {
  for (std::size_t i = 0; 2 * i < column.size(); ++i) column[i] = column[2 * i];
  column.resize((column.size() + 1) / 2);
}

void thin(Chunk &c) {
  for (auto *column : {&c.open_time, &c.open, &c.high, &c.low, &c.close, &c.volume, &c.turnover, &c.trades})
    keep_every_second(*column);
  keep_every_second(c.state);
}

void trade_once_more(Chunk &c) {
  for (std::int64_t &n : c.trades) ++n;
}

struct Case {
  const char *name;
  std::vector<Chunk> before;
  PostgresDuel duel{};
};

std::string file_of(const PostgresBench &bench, const std::string &name) { return bench.work + "/" + name + ".txt"; }

// The rows as psql will read them.
void save(PostgresBench &bench, const std::vector<Chunk> &pages, const std::string &name) {
  bench.server.make_store("plugin", bench.host);
  write_pages(bench, "plugin", pages, kWorkers);
  bench.server.psql("plugin", {std::string("\\copy (SELECT ") + kCandleColumns + " FROM candle ORDER BY series_id, time) TO '" +
                               file_of(bench, name) + "'"});
}

// Which value stands is the later one's. Of what the plugin does besides, it does nothing: it judges no rank
// and keeps no revision.
std::vector<std::string> upsert(const std::string &file) {
  const std::string columns = kCandleColumns;
  std::string set;
  for (const char *c : {"batch_id", "trades", "state", "open", "high", "low", "close", "volume", "turnover"})
    set += (set.empty() ? "" : ", ") + std::string(c) + " = excluded." + c;
  return {"BEGIN", "CREATE TEMP TABLE stage(LIKE candle) ON COMMIT DROP", "\\copy stage(" + columns + ") FROM '" + file + "'",
          "INSERT INTO candle(" + columns + ") SELECT " + columns +
              " FROM stage ON CONFLICT (series_id, time, nanos) DO UPDATE SET " + set,
          "COMMIT"};
}

void expect_all(const PostgresBench &bench, const char *schema) {
  const auto rows = bench.server.client(schema).number("SELECT count(*) FROM candle");
  if (rows != kRows) throw std::runtime_error(std::string(schema) + " has " + std::to_string(rows) + " rows");
}

void run(PostgresBench &bench, Case &c, const std::vector<Chunk> &offered) {
  const PostgresServer &server = bench.server;
  server.psql("psql", {"TRUNCATE candle", std::string("\\copy candle(") + kCandleColumns + ") FROM '" + file_of(bench, c.name) + "'"});
  const Cost psql = server.cost_of([&] { server.psql("psql", upsert(file_of(bench, "offered"))); });
  expect_all(bench, "psql");
  server.make_store("plugin", bench.host);
  write_pages(bench, "plugin", c.before, kWorkers);
  c.duel.add(server.cost_of([&] { write_pages(bench, "plugin", offered, kWorkers); }), psql);
  expect_all(bench, "plugin");
}

}  // namespace

boost::json::object measure_overlaps(PostgresBench &bench) {
  const std::vector<Chunk> offered = make_chunks(kRows, kPage, 1);
  Case cases[] = {{"every_second_there", changed(offered, &thin)},
                  {"all_there_equal", offered},
                  {"all_replaced", changed(offered, &trade_once_more)}};
  save(bench, offered, "offered");
  for (const Case &c : cases) save(bench, c.before, c.name);
  bench.server.make_store("psql", bench.host);
  bench.server.make_partitions("psql", kFirstCandle, offered.back().open_time.back());
  for (int round = 0; round < bench.rounds; ++round)
    for (Case &c : cases) run(bench, c, offered);
  boost::json::object out;
  for (const Case &c : cases) out[c.name] = c.duel.report(kRows, kRequired);
  return out;
}

}  // namespace tapedeck::bench
