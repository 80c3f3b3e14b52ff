// One year of one-minute candles as CSV through the API, against a bare C scan of the same rows.
//
//   query_bench BIN_DIR WORK_DIR [rounds]
//
// Both read the same file and take turns; so does the storage query with the rendering alone. Prints
// one JSON object.
#include "bench_config.hpp"
#include "child.hpp"
#include "figures.hpp"
#include "host_parts.hpp"
#include "http_get.hpp"

#include <sqlite3.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <thread>

#include "query/candle_text.hpp"
#include "query/query_service.hpp"
#include "runtime/runtime.hpp"

namespace tapedeck::bench {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using SteadyClock = std::chrono::steady_clock;

constexpr std::int64_t kRows = 365 * 1440;
constexpr std::int64_t kFrom = 1'672'531'200 * kSecond;  // 2023
constexpr std::int64_t kTo = kFrom + kRows * kMinute;
constexpr double kTimesScan = 3, kFirstByteMs = 20;

double seconds_of(const std::function<void()> &work) {
  const auto began = SteadyClock::now();
  work();
  return std::chrono::duration<double>(SteadyClock::now() - began).count();
}

void expect_rows(std::int64_t got, const char *by) {
  if (got != kRows)
    throw std::runtime_error(std::string(by) + " read " + std::to_string(got) + " rows of " +
                             std::to_string(kRows));
}

// Steps over the rows of the year and reads every column.
class BareScan {
 public:
  explicit BareScan(const std::string &file) {
    if (sqlite3_open_v2(file.c_str(), &db_, SQLITE_OPEN_READONLY, nullptr) != SQLITE_OK)
      throw std::runtime_error("cannot open " + file);
    sqlite3_exec(db_, "PRAGMA cache_size = -16384", nullptr, nullptr, nullptr);
    sqlite3_prepare_v2(db_,
                       "SELECT open_time, open, high, low, close, volume, turnover, trades, state,"
                       " batch_id FROM candle WHERE series_id = (SELECT id FROM series WHERE symbol ="
                       " 'BTC/USDT' AND interval = '1m') AND open_time >= ?1 AND open_time < ?2"
                       " ORDER BY open_time",
                       -1, &scan_, nullptr);
  }
  BareScan(const BareScan &) = delete;
  BareScan &operator=(const BareScan &) = delete;
  ~BareScan() {
    sqlite3_finalize(scan_);
    sqlite3_close(db_);
  }
  void run() {
    sqlite3_bind_int64(scan_, 1, kFrom);
    sqlite3_bind_int64(scan_, 2, kTo);
    std::int64_t rows = 0;
    for (; sqlite3_step(scan_) == SQLITE_ROW; ++rows)
      for (int c = 0; c < 10; ++c) sum_ += sqlite3_column_int64(scan_, c) & 0xff;
    sqlite3_reset(scan_);
    expect_rows(rows, "the bare scan");
    if (sum_ == 0) throw std::runtime_error("the bare scan read nothing");
  }

 private:
  sqlite3 *db_ = nullptr;
  sqlite3_stmt *scan_ = nullptr;
  std::int64_t sum_ = 0;
};

// What the API does without its HTTP: QueryService over the storage plugin, rendered as CSV.
class Rendered {
 public:
  explicit Rendered(const std::string &config_text)
      : config_(config_of(config_text)), catalog_(built_plugins()),
        runtime_(config_, catalog_, metrics_, system_clock()), query_(config_, runtime_.pools()) {
    runtime_.open_pools(1);
    asked_.known = query_.find("BTC/USDT", "1m", "", nullptr);
    asked_.range = {kFrom, kTo};
  }
  void run() {
    CandleText text(CandleFormat::Csv);
    query_.candles(
        asked_,
        [&](const tdk_candle_batch &b) {
          bytes_ += text.render(b).size();
          return true;
        },
        nullptr);
    expect_rows(static_cast<std::int64_t>(text.rows()), "the query");
  }

 private:
  Config config_;
  Metrics metrics_;
  PluginCatalog catalog_;
  Runtime runtime_;
  QueryService query_;
  CandleQuery asked_;
  std::uint64_t bytes_ = 0;
};

// `tapedeck run`, ready.
class Api {
 public:
  Api(const std::string &bin, const std::string &config, std::uint16_t port)
      : port_(port), host_({bin + "/tapedeck", "run", config, "--log-level", "warn"}) {
    for (int i = 0; http_get(port_, "/ready").status != 200; ++i) {
      if (i == 1000 || !host_.running())
        throw std::runtime_error("`tapedeck run` does not become ready");
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
  Got year() const {
    const Got got = http_get(port_, "/api/v1/candles/BTCUSDT?interval=1m&format=csv&from=" +
                                        std::to_string(kFrom / kSecond) +
                                        "&to=" + std::to_string(kTo / kSecond));
    if (got.status != 200) throw std::runtime_error("/candles answered " + std::to_string(got.status));
    expect_rows(static_cast<std::int64_t>(got.lines) - 1, "the API");
    return got;
  }

 private:
  std::uint16_t port_;
  Background host_;
};

struct Times {
  std::vector<double> scan, rendered, api, first_byte, rendered_ratio, api_ratio;
  void add(double scan_s, double rendered_s, const Got &got) {
    scan.push_back(scan_s * 1e3);
    rendered.push_back(rendered_s * 1e3);
    rendered_ratio.push_back(rendered_s / scan_s);
    api.push_back(got.all_s * 1e3);
    first_byte.push_back(got.first_byte_s * 1e3);
    api_ratio.push_back(got.all_s / scan_s);
  }
};

json::object report(const Times &t) {
  return {{"rows", kRows},
          {"bare_scan_ms", median(t.scan)},
          {"query_and_rendering_ms", median(t.rendered)},
          {"api_csv_ms", median(t.api)},
          {"ratio_query_and_rendering", median(t.rendered_ratio)},
          {"ratio_api", at_most(median(t.api_ratio), kTimesScan)},
          {"first_byte_ms", at_most(median(t.first_byte), kFirstByteMs)}};
}

std::string fill_store(const std::string &bin, const std::string &work) {
  const Simulator sim(bin, work);
  const std::string db = work + "/query.db", config = work + "/query.yaml";
  for (const char *end : {"", "-wal", "-shm"}) fs::remove(db + end);
  write_file(config, bench_config(sim.url(), db));
  run_or_throw({bin + "/tapedeck", "backfill", config, "--quiet", "--from", "2023-01-01", "--to",
                "2024-12-31"});
  return db;
}

int main_of(const std::string &bin, const std::string &work, int rounds) {
  fs::create_directories(work);
  std::fprintf(stderr, "query_bench: filling a store\n");
  const std::string db = fill_store(bin, work);
  const std::uint16_t port = free_port();
  const std::string text = bench_config("http://127.0.0.1:9/binance", db, "BTC/USDT, ETH/USDT",
                                        "127.0.0.1:" + std::to_string(port));
  write_file(work + "/query.yaml", text);
  BareScan scan(db);
  Rendered rendered(text);
  const Api api(bin, work + "/query.yaml", port);
  Times times;
  for (int i = 0; i < rounds; ++i) {
    const double scan_s = seconds_of([&] { scan.run(); });
    const double rendered_s = seconds_of([&] { rendered.run(); });
    times.add(scan_s, rendered_s, api.year());
  }
  std::printf("%s\n", json::serialize(report(times)).c_str());
  return 0;
}

}  // namespace
}  // namespace tapedeck::bench

int main(int argc, char **argv) try {
  if (argc < 3) throw std::invalid_argument("usage: query_bench BIN_DIR WORK_DIR [rounds]");
  return tapedeck::bench::main_of(argv[1], argv[2], argc > 3 ? std::stoi(argv[3]) : 11);
} catch (const std::exception &e) {
  std::fprintf(stderr, "query_bench: %s\n", e.what());
  return 1;
}
