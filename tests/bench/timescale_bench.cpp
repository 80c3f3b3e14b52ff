// Two years of one-minute candles in monthly partitions and in a hypertable, before and after its compression:
// bytes on the disk, and the time that the postgres plugin takes to read one year of them and to repair a day.
//
//   timescale_bench [rounds]
//
// On a private server. Prints one JSON object; where the server has no TimescaleDB, one that says so.
#include "figures.hpp"
#include "postgres_client.hpp"
#include "private_postgres.hpp"
#include "storage_client.hpp"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace tapedeck::bench {
namespace {

using conformance::Commit;
using conformance::kMinute;
using conformance::Options;
using conformance::StorageClient;
using servers::PostgresClient;
using servers::PrivatePostgres;

constexpr std::int64_t kStart = 1'672'531'200'000'000'000;  // 2023-01-01
constexpr std::int64_t kDay = 1440 * kMinute;
constexpr std::int64_t kDays = 365;
constexpr std::uint64_t kYear = kDays * 1440;
constexpr const char *kSymbols[] = {"BTC/USDT", "ETH/USDT"};

void need(const conformance::Outcome &done, const char *what) {
  if (done.ok()) return;
  std::fprintf(stderr, "%s: %s\n", what, done.message.c_str());
  std::exit(1);
}

double seconds(const std::function<void()> &work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// A random walk in cents with volumes of all sizes: the digits of a market, so that what is compressed is like it.
class Market {
 public:
  explicit Market(std::uint64_t seed) : random_(seed) {}
  Commit day(const std::string &symbol, std::int64_t first) {
    Commit c;
    c.series.symbol = symbol;
    c.source = "binance";
    c.source_version = "binance 1.0.0";
    c.exps = {-2, -5, -7};
    for (std::int64_t t = first; t < first + kDay; t += kMinute) c.candles.push_back(next(t));
    c.coverage.resize(1);
    c.coverage[0].from = first;
    c.coverage[0].to = first + kDay;
    c.coverage[0].state = TDK_COVERAGE_PRESENT;
    return c;
  }

 private:
  conformance::Candle next(std::int64_t time) {
    conformance::Candle c{.open_time = time, .open = price_};
    price_ += std::llround(step_(random_));
    c.close = price_;
    c.high = std::max(c.open, c.close) + std::llround(std::abs(step_(random_)));
    c.low = std::min(c.open, c.close) - std::llround(std::abs(step_(random_)));
    c.volume = std::llround(size_(random_));
    c.turnover = c.volume * price_;
    c.trades = c.volume / 20'000 + 1;
    return c;
  }

  std::mt19937_64 random_;
  std::normal_distribution<double> step_{0, 1500};
  std::lognormal_distribution<double> size_{14, 1};
  std::int64_t price_ = 4'200'000;
};

// One of the two layouts, in a database of its own.
class Layout {
 public:
  Layout(const PrivatePostgres &server, const std::string &database, bool hypertable) : hypertable_(hypertable) {
    PostgresClient(server.connection()).execute("CREATE DATABASE " + database);
    sql_ = std::make_unique<PostgresClient>(server.connection(database));
    if (hypertable) sql_->execute("CREATE EXTENSION IF NOT EXISTS timescaledb");
    const Options options = {{"host", server.directory().string()}, {"port", std::to_string(server.port())},
                             {"database", database}, {"user", server.kUser}, {"timescaledb", hypertable ? "on" : "off"},
                             {"compress_after_days", "0"}};
    store_ = std::make_unique<StorageClient>(POSTGRES_PLUGIN, "postgres", options, host_);
    sql_->execute("SET search_path = tapedeck, public");
  }
  double fill() {
    return seconds([this] {
      Market market(42);
      for (const char *symbol : kSymbols)
        for (std::int64_t day = 0; day < kDays; ++day) need(store_->commit(market.day(symbol, kStart + day * kDay)), "filling");
      sql_->execute("VACUUM ANALYZE candle");
    });
  }
  double compress() {
    return seconds([this] {
      sql_->execute("SELECT compress_chunk(c, if_not_compressed => true) FROM show_chunks('candle') c");
      sql_->execute("VACUUM ANALYZE candle");
    });
  }
  std::int64_t bytes() const {
    return sql_->number(hypertable_ ? "SELECT hypertable_size('candle')"
                                    : "SELECT sum(pg_total_relation_size(inhrelid))::bigint FROM pg_inherits WHERE inhparent = 'candle'::regclass");
  }
  double read_year() const { return seconds([this] { check(read(0), kYear); }); }
  double read_newest() const { return seconds([this] { check(read(500), 500); }); }
  // Another value for each row of a day: all of them are replaced and kept as revisions.
  double repair(std::int64_t day) {
    Commit c = Market(static_cast<std::uint64_t>(day)).day(kSymbols[0], kStart + day * kDay);
    return seconds([&] { need(store_->commit(c), "repairing"); });
  }

 private:
  static void check(std::uint64_t rows, std::uint64_t expected) {
    if (rows == expected) return;
    std::fprintf(stderr, "%llu rows were read, not %llu\n", static_cast<unsigned long long>(rows), static_cast<unsigned long long>(expected));
    std::exit(1);
  }
  std::uint64_t read(std::uint64_t limit) const {
    const conformance::SeriesName name{kSymbols[0]};
    const tdk_series series = conformance::raw_series(name);
    std::uint64_t rows = 0;
    const tdk_candle_sink sink{sizeof sink, 0, &rows, [](void *ctx, const tdk_candle_batch *b) -> tdk_status {
                                 *static_cast<std::uint64_t *>(ctx) += b->count;
                                 return TDK_OK;
                               }};
    const tdk_candle_request rq{sizeof rq, limit > 0 ? TDK_CANDLES_NEWEST : 0, &series, {INT64_MIN, INT64_MAX}, limit, 0};
    if (store_->table().query(store_->self(), &rq, &sink, nullptr, nullptr) != TDK_OK) std::exit(1);
    return rows;
  }

  bool hypertable_;
  conformance::FakeHost host_;
  std::unique_ptr<PostgresClient> sql_;
  std::unique_ptr<StorageClient> store_;
};

double per_row(std::int64_t bytes) { return static_cast<double>(bytes) / (2.0 * static_cast<double>(kYear)); }

// `repair` counts up through the days, so that each round repairs one that is as it was filled.
boost::json::object figures(Layout &layout, int rounds, std::int64_t &repair) {
  const std::int64_t bytes = layout.bytes();
  std::vector<double> year, newest, repaired;
  layout.read_year();
  for (int i = 0; i < rounds; ++i) {
    year.push_back(1e3 * layout.read_year());
    newest.push_back(1e3 * layout.read_newest());
  }
  for (int i = 0; i < rounds; ++i) repaired.push_back(1e3 * layout.repair(repair += 9));
  return {{"bytes", bytes},       {"bytes_per_row", per_row(bytes)},   {"read_year_ms", median(year)},
          {"read_year_ms_all", all_of(year)}, {"read_newest_500_ms", median(newest)}, {"repair_day_ms", median(repaired)}};
}

boost::json::object run(int rounds) {
  const PrivatePostgres server({.durable = false, .config = {"shared_buffers=256MB", "max_wal_size=4GB"}});
  Layout plain(server, "plain", false), hyper(server, "hyper", true);
  boost::json::object out{{"rows", 2 * kYear}, {"rounds", rounds},
                          {"version", PostgresClient(server.connection("hyper")).text("SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'")}};
  out["fill_partitions_s"] = plain.fill();
  out["fill_hypertable_s"] = hyper.fill();
  std::int64_t day = 0;
  const auto partitions = figures(plain, rounds, day);
  day = 0;
  const auto before = figures(hyper, rounds, day);
  out["compress_s"] = hyper.compress();
  const auto after = figures(hyper, rounds, day);
  const auto ratio = [](const boost::json::object &a, const boost::json::object &b, const char *key) {
    return a.at(key).to_number<double>() / b.at(key).to_number<double>();
  };
  out["compression_ratio"] = ratio(before, after, "bytes");
  out["read_year_compressed_to_uncompressed"] = ratio(after, before, "read_year_ms");
  out["read_year_compressed_to_partitions"] = ratio(after, partitions, "read_year_ms");
  out["partitions"] = partitions;
  out["uncompressed"] = before;
  out["compressed"] = after;
  return out;
}

}  // namespace
}  // namespace tapedeck::bench

int main(int argc, char **argv) try {
  using namespace tapedeck;
  boost::json::object out;
  if (servers::PrivatePostgres::has_timescaledb()) out = bench::run(argc > 1 ? std::atoi(argv[1]) : 5);
  else out["skipped"] = "this PostgreSQL has no TimescaleDB: set TAPEDECK_POSTGRES_BIN to the programs of one that has";
  std::printf("%s\n", boost::json::serialize(out).c_str());
} catch (const std::exception &e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
