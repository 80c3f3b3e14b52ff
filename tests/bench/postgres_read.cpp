// A year of minutes as CSV through the API: against psql's COPY of the same rows and columns, binary.
#include "bench_config.hpp"
#include "candle_market.hpp"
#include "child.hpp"
#include "http_get.hpp"
#include "postgres_bench.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>

namespace tapedeck::bench {
namespace {

constexpr std::int64_t kRows = 365 * 1440, kSecond = 1'000'000'000, kMinute = 60 * kSecond;
constexpr std::int64_t kTo = kFirstCandle + kRows * kMinute;
constexpr double kTimesCopy = 1.5;

std::string config(const PostgresBench &bench, std::uint16_t port) {
  std::string options;
  for (const auto &[key, value] : bench.server.options("plugin")) options += "      " + key + ": \"" + value + "\"\n";
  return "version: 1\n"
         "plugins:\n"
         "  binance: { module: binance }\n"
         "  store:\n"
         "    module: postgres\n"
         "    options:\n" + options +
         "api: { listen: \"127.0.0.1:" + std::to_string(port) + "\" }\n"
         "pipelines:\n"
         "  - name: bench\n"
         "    symbols: [BTC/USDT]\n"
         "    intervals: [1m]\n"
         "    calendar: 24x7\n"
         "    sources: [binance]\n"
         "    storage: store\n";
}

Got get_year(std::uint16_t port) {
  const Got got = http_get(port, "/api/v1/candles/BTCUSDT?interval=1m&format=csv&from=" + std::to_string(kFirstCandle / kSecond) +
                                     "&to=" + std::to_string(kTo / kSecond));
  if (got.status != 200) throw std::runtime_error("/candles answered " + std::to_string(got.status));
  if (static_cast<std::int64_t>(got.lines) != kRows + 1)
    throw std::runtime_error("the API gave " + std::to_string(got.lines) + " lines");
  return got;
}

void wait_ready(std::uint16_t port, Background &host) {
  for (int i = 0; http_get(port, "/ready").status != 200; ++i) {
    if (i == 1000 || !host.running()) throw std::runtime_error("`tapedeck run` does not become ready");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

// Those that the API shows.
std::string copy_year() {
  const auto moment = [](std::int64_t ns) { return "to_timestamp(" + std::to_string(ns / kSecond) + ")"; };
  return "\\copy (SELECT c.time, c.open, c.high, c.low, c.close, c.volume, o.name FROM candle c"
         " JOIN batch b ON b.id = c.batch_id JOIN source o ON o.id = b.source_id JOIN series s ON s.id = c.series_id"
         " WHERE s.symbol = 'BTC/USDT' AND c.time >= " + moment(kFirstCandle) + " AND c.time < " + moment(kTo) +
         " ORDER BY c.time) TO '/dev/null' (FORMAT binary)";
}

}  // namespace

boost::json::object measure_read(PostgresBench &bench) {
  bench.server.make_store("plugin", bench.host);
  write_pages(bench, "plugin", make_chunks(kRows, 1000, 1), 4);
  bench.server.client("plugin").execute("VACUUM ANALYZE");
  const std::uint16_t port = free_port();
  write_file(bench.work + "/read.yaml", config(bench, port));
  Background host({bench.bin + "/tapedeck", "run", bench.work + "/read.yaml", "--log-level", "warn"});
  wait_ready(port, host);
  std::vector<double> api, first_byte, psql, ratio;
  for (int round = 0; round < 2 * bench.rounds + 1; ++round) {
    const auto began = std::chrono::steady_clock::now();
    bench.server.psql("plugin", {copy_year()});
    psql.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count());
    const Got got = get_year(port);
    api.push_back(got.all_s * 1e3);
    first_byte.push_back(got.first_byte_s * 1e3);
    ratio.push_back(api.back() / psql.back());
  }
  return {{"rows", kRows},
          {"psql_copy_binary_ms", median(psql)},
          {"api_csv_ms", median(api)},
          {"first_byte_ms", median(first_byte)},
          {"ratio", at_most(median(ratio), kTimesCopy)},
          {"ratio_of_each_round", all_of(ratio)}};
}

}  // namespace tapedeck::bench
