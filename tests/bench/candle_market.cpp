#include "candle_market.hpp"

#include <algorithm>
#include <random>

namespace tapedeck::bench {
namespace {

constexpr std::int64_t kMinute = 60'000'000'000;

// A random walk with the digits of a real market: eight decimals, volumes of any size.
class Market {
 public:
  Chunk next(std::int64_t series, std::int64_t first, std::size_t rows) {
    Chunk c;
    c.series = series;
    for (std::size_t i = 0; i < rows; ++i) add(c, first + static_cast<std::int64_t>(i) * kMinute);
    return c;
  }

 private:
  void add(Chunk &c, std::int64_t time) {
    std::int64_t open = price_;
    price_ += step_(random_) * 1000000;
    c.open_time.push_back(time);
    c.open.push_back(open);
    c.high.push_back(std::max(open, price_) + 500000);
    c.low.push_back(std::min(open, price_) - 500000);
    c.close.push_back(price_);
    c.volume.push_back(size_(random_));
    c.turnover.push_back(size_(random_) * 1000);
    c.trades.push_back(size_(random_) % 5000);
    c.state.push_back(0);
  }

  std::mt19937_64 random_{42};
  std::uniform_int_distribution<std::int64_t> step_{-300, 300}, size_{1000, 9'000'000'000};
  std::int64_t price_ = 4'200'000'000'000;
};

}  // namespace

std::vector<Chunk> make_chunks(std::size_t rows, std::size_t chunk_rows, int series) {
  Market market;
  std::vector<Chunk> chunks;
  for (std::size_t done = 0; done < rows; done += chunk_rows) {
    const auto i = static_cast<std::int64_t>(chunks.size());
    chunks.push_back(market.next(i % series + 1,
                                 kFirstCandle + i / series * static_cast<std::int64_t>(chunk_rows) * kMinute,
                                 std::min(chunk_rows, rows - done)));
  }
  return chunks;
}

tdk_candle_batch batch_of(const Chunk &c) {
  tdk_candle_batch b{};
  b.struct_size = sizeof b;
  b.count = c.open_time.size();
  b.price_exp = b.volume_exp = b.turnover_exp = kCandleExp;
  b.open_time = c.open_time.data();
  b.open = c.open.data();
  b.high = c.high.data();
  b.low = c.low.data();
  b.close = c.close.data();
  b.volume = c.volume.data();
  b.turnover = c.turnover.data();
  b.trades = c.trades.data();
  b.state = c.state.data();
  return b;
}

}  // namespace tapedeck::bench
