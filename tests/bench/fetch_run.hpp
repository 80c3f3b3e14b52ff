// What every reader of pages prints, so that fetch_compare can set them side by side.
#pragma once

#include <cstdint>
#include <cstdio>
#include <ctime>
#include <chrono>
#include <stdexcept>
#include <string>

namespace tapedeck::bench {

constexpr std::int64_t kPageRows = 1000;
constexpr std::int64_t kMinuteMs = 60'000;

// The pages [first, first + pages) of BTC/USDT 1m, a thousand candles each, from 2023 on.
struct FetchTask {
  std::string url;  // with /binance
  std::int64_t pages = 0;
  int threads = 1;
  static std::int64_t page_ms(std::int64_t page) {
    return 1'672'531'200'000 + page * kPageRows * kMinuteMs;
  }
};

inline FetchTask fetch_task(int argc, char **argv) {
  if (argc < 3) throw std::invalid_argument(std::string("usage: ") + argv[0] + " URL PAGES [threads]");
  return {argv[1], std::stoll(argv[2]), argc > 3 ? std::stoi(argv[3]) : 1};
}

// Times `read(task)`, which answers the rows it got, and prints one JSON object.
template <class Read>
void print_fetch_run(const FetchTask &task, Read &&read) {
  const auto began = std::chrono::steady_clock::now();
  const std::clock_t cpu = std::clock();
  const std::int64_t rows = read(task);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  const double cpu_s = static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC;
  if (rows != task.pages * kPageRows)
    throw std::runtime_error("got " + std::to_string(rows) + " rows of " +
                             std::to_string(task.pages * kPageRows));
  std::printf("{\"rows\": %lld, \"seconds\": %.6f, \"cpu_seconds\": %.6f}\n",
              static_cast<long long>(rows), took.count(), cpu_s);
}

}  // namespace tapedeck::bench
