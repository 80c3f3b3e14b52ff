// Quotes and trades into the sqlite plugin, in transactions of several sizes.
//
//   sqlite_tick_bench [ticks] [symbols]
//
// Prints one JSON object: ticks per second of the clock and of the processor.
#include "storage_client.hpp"

#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>

namespace tapedeck::bench {
namespace {

using conformance::FakeHost;
using conformance::StorageClient;

// Quotes and trades of all symbols in turn, as the wire brings them; the host groups them by symbol.
std::vector<tdk_quote> make_quotes(std::size_t count, const std::vector<std::string> &symbols) {
  std::vector<tdk_quote> out;
  std::int64_t price = 4'200'000;
  for (std::size_t i = 0; i < count; ++i) {
    const auto n = static_cast<std::int64_t>(i);
    price += n * 7919 % 201 - 100;
    tdk_quote q{};
    q.struct_size = sizeof q;
    q.symbol = str(symbols[i % symbols.size()]);
    q.time = 1'700'000'000'000'000'000 + n * 5000;
    q.sequence = 40'000'000'000 + n;
    q.price_exp = -2;
    q.size_exp = -8;
    q.bid = q.ask = q.last = q.bid_size = q.ask_size = q.last_size = TDK_NULL_I64;
    q.volume = q.trades = TDK_NULL_I64;
    if (i % 4 == 0) {
      q.flags = TDK_QUOTE_TRADE | TDK_QUOTE_BUY;
      q.last = price;
      q.last_size = 1'000'000 + n % 1000;
    } else {
      q.bid = price;
      q.ask = price + 1;
      q.bid_size = q.ask_size = 5'000'000 + n % 777;
    }
    out.push_back(q);
  }
  return out;
}

// Each transaction's ticks by symbol, which is not measured.
void group(std::vector<tdk_quote> &quotes, std::size_t rows) {
  for (std::size_t at = 0; at < quotes.size(); at += rows) {
    const auto first = quotes.begin() + static_cast<std::ptrdiff_t>(at);
    const auto last = first + static_cast<std::ptrdiff_t>(std::min(rows, quotes.size() - at));
    std::stable_sort(first, last,
                     [](const auto &a, const auto &b) { return sv(a.symbol) < sv(b.symbol); });
  }
}

struct Rate {
  double clock, cpu;
};

Rate measure(std::vector<tdk_quote> quotes, std::size_t rows) {
  group(quotes, rows);
  std::string pattern = (std::filesystem::temp_directory_path() / "tapedeck-ticks-XXXXXX").string();
  const std::filesystem::path directory = mkdtemp(pattern.data());
  FakeHost host;
  Rate rate{};
  {
    StorageClient store(SQLITE_PLUGIN, "sqlite", {{"path", (directory / "t.db").string()}}, host);
    const auto started = std::chrono::steady_clock::now();
    const auto cpu = std::clock();
    for (std::size_t at = 0; at < quotes.size(); at += rows) {
      tdk_commit_batch b{};
      b.struct_size = sizeof b;
      b.source = str("binance");
      b.source_version = str("binance 1.0.0");
      b.quotes = &quotes[at];
      b.quote_count = std::min(rows, quotes.size() - at);
      b.quote_stride = sizeof(tdk_quote);
      tdk_commit_result result{};
      result.struct_size = sizeof result;
      tdk_error error{};
      error.struct_size = sizeof error;
      if (store.table().commit_batch(store.self(), &b, &result, &error) != TDK_OK) {
        std::fprintf(stderr, "%s\n", error.message);
        std::exit(1);
      }
    }
    const auto n = static_cast<double>(quotes.size());
    rate.cpu = n / (static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC);
    rate.clock = n / std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  }
  std::filesystem::remove_all(directory);
  return rate;
}

}  // namespace

int run(std::size_t ticks, std::size_t symbol_count) {
  std::vector<std::string> symbols;
  for (std::size_t i = 0; i < symbol_count; ++i) symbols.push_back("S" + std::to_string(i) + "/USDT");
  const auto quotes = make_quotes(ticks, symbols);
  std::printf("{\"ticks\": %zu, \"symbols\": %zu", ticks, symbol_count);
  for (const std::size_t rows : {std::size_t{500}, std::size_t{4096}}) {
    const Rate rate = measure(quotes, rows);
    std::printf(", \"rows_%zu\": {\"per_s\": %.0f, \"per_cpu_s\": %.0f}", rows, rate.clock, rate.cpu);
  }
  std::printf("}\n");
  return 0;
}

}  // namespace tapedeck::bench

int main(int argc, char **argv) {
  const std::size_t ticks = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const std::size_t symbols = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 20;
  return tapedeck::bench::run(ticks, std::max<std::size_t>(symbols, 1));
}
