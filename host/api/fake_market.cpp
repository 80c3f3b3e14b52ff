#include "api/fake_market.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <chrono>

#include "base/cancel.hpp"

namespace tapedeck::api {
namespace {

Nanos at(std::int64_t row) { return kStart + row * kMinute; }

LedgerEntry entry(CoverageState state, std::int64_t from, std::int64_t to) {
  LedgerEntry e;
  e.state = state;
  e.range = {at(from), at(to)};
  e.source = "binance";
  e.updated = kStart + kDay;
  return e;
}

LedgerEntry failure(std::int64_t from, std::int64_t to) {
  LedgerEntry e = entry(CoverageState::Failed, from, to);
  e.error = TDK_UNAVAILABLE;
  e.tries = 3;
  e.next_try = kStart + 2 * kDay;
  e.reason = "HTTP 502 from \"the vendor\"";
  return e;
}

Series minute_series(const std::string &symbol) { return Series{symbol, Interval(), TDK_PRICE_TRADE, TDK_ADJ_RAW}; }

FakeSeries bitcoin() {
  using enum CoverageState;
  return {minute_series("BTC/USDT"), 3000, {{1000, 1100}, {2000, 2050}, {2500, 2510}},
          {entry(Present, 0, 1000), failure(1000, 1100), entry(Present, 1100, 2000), entry(Present, 2050, 2500),
           entry(NoTrades, 2500, 2510), entry(Present, 2510, 3000)}};
}

FakeSeries complete(const std::string &symbol, std::int64_t rows) {
  return {minute_series(symbol), rows, {}, {entry(CoverageState::Present, 0, rows)}};
}

// The columns of one batch; prices differ from row to row so that a mix-up shows.
struct Batch {
  std::vector<std::int64_t> time, open, high, low, close, volume;
  void add(std::int64_t row) {
    time.push_back(at(row));
    open.push_back(10'000'000 + row % 1000);
    high.push_back(10'000'500 + row % 1000);
    low.push_back(9'999'500 + row % 1000);
    close.push_back(10'000'100 + row % 1000);
    volume.push_back(1'000 + row % 7);
  }
  tdk_candle_batch view() const {
    tdk_candle_batch b{};
    b.struct_size = sizeof b;
    b.count = time.size();
    b.price_exp = -2;
    b.volume_exp = -3;
    b.open_time = time.data();
    b.open = open.data();
    b.high = high.data();
    b.low = low.data();
    b.close = close.data();
    b.volume = volume.data();
    b.source = {"binance", 7};
    return b;
  }
};

}  // namespace

bool FakeSeries::has(std::int64_t row) const {
  return std::none_of(missing.begin(), missing.end(), [&](const auto &m) { return row >= m.first && row < m.second; });
}

class FakeStorage : public Storage {
 public:
  explicit FakeStorage(FakeMarket &market) : market_(market) {}
  CommitResult commit(const Commit &) override { throw Error(TDK_NOT_SUPPORTED, "the fake only reads"); }
  void health() override {}

  void query(const CandleScan &scan, const OnBatch &on_batch, const tdk_cancel *cancel) override {
    ++market_.scans;
    struct Leave {
      FakeMarket &market;
      ~Leave() {
        std::lock_guard lock(market.mutex_);
        if (--market.scans == 0) market.idle_.notify_all();
      }
    } leave{market_};
    const FakeSeries &s = find(scan.series);
    const auto [first, last] = rows_of(s, scan);
    std::uint64_t left = scan.limit == 0 ? UINT64_MAX : scan.limit, batch_number = 0;
    for (std::int64_t row = first; row < last && left > 0;) {
      Batch batch;
      for (; row < last && left > 0 && batch.time.size() < std::max<std::uint64_t>(scan.batch_hint, 1); ++row)
        if (s.has(row)) batch.add(row), --left;
      if (!deliver(batch, batch_number++, on_batch, cancel)) return;
    }
  }

  std::vector<LedgerEntry> coverage(const Series &series, std::string_view, TimeRange range, const tdk_cancel *) override {
    std::vector<LedgerEntry> out;
    for (const auto &e : find(series).ledger)
      if (e.range.from < range.to && range.from < e.range.to) out.push_back(e);
    return out;
  }

  std::vector<SeriesStat> list_series(const tdk_cancel *) override {
    if (market_.before_list) market_.before_list();
    std::vector<SeriesStat> out;
    for (const auto &s : market_.all) {
      std::int64_t gone = 0;
      for (const auto &m : s.missing) gone += m.second - m.first;
      out.push_back({s.series, at(0), at(s.rows - 1), static_cast<std::uint64_t>(s.rows - gone), 0});
    }
    return out;
  }

 private:
  const FakeSeries &find(const Series &series) const {
    for (const auto &s : market_.all)
      if (s.series == series) return s;
    throw Error(TDK_NOT_FOUND, "the store has no " + series.name());
  }

  static std::int64_t row_at_or_after(Nanos time, std::int64_t rows) {
    return std::clamp<std::int64_t>((time - kStart + kMinute - 1) / kMinute, 0, rows);
  }

  // Row numbers [first, last) that the scan is about.
  static std::pair<std::int64_t, std::int64_t> rows_of(const FakeSeries &s, const CandleScan &scan) {
    std::int64_t first = row_at_or_after(scan.range.from, s.rows);
    const std::int64_t last = row_at_or_after(scan.range.to, s.rows);
    if (!scan.newest || scan.limit == 0) return {first, last};
    std::uint64_t found = 0;
    for (std::int64_t row = last; row > first; --row)
      if (s.has(row - 1) && ++found == scan.limit) return {row - 1, last};
    return {first, last};
  }

  bool deliver(const Batch &batch, std::uint64_t number, const OnBatch &on_batch, const tdk_cancel *cancel) {
    if (market_.before_batch) market_.before_batch(number, cancel);
    if (const tdk_status s = status_of(cancel); s != TDK_OK) throw Error(s, "scanning: cancelled");
    ++market_.batches;
    return batch.time.empty() || on_batch(batch.view());
  }

  FakeMarket &market_;
};

FakeMarket::FakeMarket() {
  all = {bitcoin(), complete("ADA/USDT", 200), complete("BIG/USDT", 20'000'000)};
  PipelineConfig p;
  p.name = "crypto";
  for (const char *symbol : {"BTC/USDT", "ETH/USDT"}) p.symbols.push_back({symbol, {}});
  p.intervals = {{Interval(), {}}};
  p.sources = {{"binance", {}}};
  p.storage = {"store", {}};
  config.pipelines = {p};
  pools["store"] = std::make_unique<StoragePool>([this] { return std::make_unique<FakeStorage>(*this); }, 64);
  query = std::make_unique<QueryService>(config, pools);
}

bool FakeMarket::await_no_scan() {
  std::unique_lock lock(mutex_);
  return idle_.wait_for(lock, std::chrono::seconds(10), [&] { return scans == 0; });
}

}  // namespace tapedeck::api
