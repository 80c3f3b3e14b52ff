// Commits of 1000 candles and a ledger entry: the sqlite plugin against a bare C loop of upserts.
//
//   sqlite_commit_bench [rows] [rounds]
//
// Both write in the same run, taking turns. Prints one JSON object.
#include "candle_market.hpp"
#include "sqlite_reference.hpp"

#include "storage_client.hpp"

#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <functional>

namespace tapedeck::bench {
namespace {

using conformance::FakeHost;
using conformance::kMinute;
using conformance::SeriesName;
using conformance::StorageClient;

constexpr std::size_t kChunkRows = 1000;

void commit(const StorageClient &store, const Chunk &c) {
  const SeriesName names[] = {{"BTC/USDT"}, {"ETH/USDT"}};
  tdk_series series = conformance::raw_series(names[c.series - 1]);
  series.source = str("binance");
  tdk_candle_batch batch = batch_of(c);
  tdk_coverage entry{};
  entry.struct_size = sizeof entry;
  entry.state = TDK_COVERAGE_PRESENT;
  entry.range = {c.open_time.front(), c.open_time.back() + kMinute};
  tdk_commit k{};
  k.struct_size = sizeof k;
  k.series = &series;
  k.source_version = str("binance 1.0.0");
  k.batch = &batch;
  k.coverage = &entry;
  k.coverage_count = 1;
  k.coverage_stride = sizeof entry;
  if (auto done = store.commit(k); !done.ok()) {
    std::fprintf(stderr, "%s\n", done.message.c_str());
    std::exit(1);
  }
}

std::size_t scan(const StorageClient &store) {
  SeriesName name;
  tdk_series series = conformance::raw_series(name);
  std::size_t rows = 0;
  tdk_candle_sink sink{sizeof sink, 0, &rows, [](void *p, const tdk_candle_batch *b) -> tdk_status {
                         *static_cast<std::size_t *>(p) += b->count;
                         return TDK_OK;
                       }};
  tdk_candle_request rq{sizeof rq, 0, &series, {INT64_MIN, INT64_MAX}, 0, 0};
  tdk_error error = detail::fresh();
  store.table().query(store.self(), &rq, &sink, nullptr, &error);
  return rows;
}

// Time that passed, and the part of it that this process computed: the second is the steadier
// figure on a machine that does other things too.
struct Time {
  double wall = 0, cpu = 0;
  void add(const std::function<void()> &work) {
    auto begin = std::chrono::steady_clock::now();
    std::clock_t cpu_begin = std::clock();
    work();
    cpu += static_cast<double>(std::clock() - cpu_begin) / CLOCKS_PER_SEC;
    wall += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }
};

struct Duel {
  Time plugin, reference;
  std::size_t rows = 0;
  void print(const char *name, const char *end) const {
    auto n = static_cast<double>(rows);
    std::printf(
        "  \"%s\": {\"plugin_rows_per_s\": %.0f, \"reference_rows_per_s\": %.0f, "
        "\"ratio\": %.3f, \"cpu_ratio\": %.3f}%s\n",
        name, n / plugin.wall, n / reference.wall, reference.wall / plugin.wall,
        reference.cpu / plugin.cpu, end);
  }
};

struct Results {
  Duel fresh, again, read;
};

// Both stores take turns every few chunks, so that a change of the machine's mood meets both.
void write_all(const std::vector<Chunk> &chunks, const StorageClient &store, Reference &reference,
               Duel &out) {
  constexpr std::size_t kTurn = 25;
  for (std::size_t i = 0; i < chunks.size(); i += kTurn) {
    std::size_t end = std::min(i + kTurn, chunks.size());
    out.plugin.add([&] {
      for (std::size_t k = i; k < end; ++k) commit(store, chunks[k]);
    });
    out.reference.add([&] {
      for (std::size_t k = i; k < end; ++k) reference.commit(chunks[k]);
    });
    out.rows += (end - i) * kChunkRows;
  }
}

// One round of one case, in files of its own.
void round(const std::vector<Chunk> &chunks, const std::filesystem::path &dir, Results &out) {
  FakeHost host;
  {
    StorageClient store(SQLITE_PLUGIN, "sqlite", {{"path", (dir / "plugin.db").string()}}, host);
    Reference reference((dir / "reference.db").string());
    write_all(chunks, store, reference, out.fresh);
    out.read.plugin.add([&] { out.read.rows += scan(store); });
    out.read.reference.add([&] { reference.scan(1); });
    write_all(chunks, store, reference, out.again);
  }
  for (const auto &entry : std::filesystem::directory_iterator(dir)) std::filesystem::remove(entry);
}

int main_of(std::size_t rows, int rounds) {
  std::string pattern = (std::filesystem::temp_directory_path() / "sqlite-bench-XXXXXX").string();
  std::filesystem::path dir = mkdtemp(pattern.data());
  std::vector<Chunk> one = make_chunks(rows, kChunkRows, 1), two = make_chunks(rows, kChunkRows, 2);
  Results in_order, interleaved;
  for (int i = 0; i < rounds; ++i) {
    round(one, dir, in_order);
    round(two, dir, interleaved);
  }
  std::filesystem::remove_all(dir);
  std::printf("{\n");
  in_order.fresh.print("one_series_in_order", ",");
  interleaved.fresh.print("two_series_interleaved", ",");
  in_order.again.print("equal_rows_again", ",");
  in_order.read.print("query_all", "");
  std::printf("}\n");
  return 0;
}

}  // namespace
}  // namespace tapedeck::bench

int main(int argc, char **argv) {
  std::size_t rows = argc > 1 ? std::stoul(argv[1]) : 1'000'000;
  return tapedeck::bench::main_of(rows, argc > 2 ? std::stoi(argv[2]) : 3);
}
