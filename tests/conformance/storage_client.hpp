// The storage interface with C++ values on this side of it, for tests.
#pragma once

#include "plugin_under_test.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tapedeck::conformance {

inline constexpr std::int64_t kMinute = 60'000'000'000;
inline constexpr std::int64_t kEarliest = INT64_MIN, kLatest = INT64_MAX;

struct SeriesName {
  std::string symbol = "BTC/USDT";
  tdk_interval interval{TDK_UNIT_MINUTE, 1};
  std::uint32_t price_type = TDK_PRICE_TRADE;
  std::uint32_t adjustment = TDK_ADJ_RAW;
  bool operator==(const SeriesName &o) const {
    return symbol == o.symbol && interval.unit == o.interval.unit &&
           interval.count == o.interval.count && price_type == o.price_type &&
           adjustment == o.adjustment;
  }
};

struct Exponents {
  int price = -2, volume = -3, turnover = -4;
  bool operator==(const Exponents &) const = default;
};

struct Candle {
  std::int64_t open_time = 0;
  std::int64_t open = 0, high = 0, low = 0, close = 0;
  std::int64_t volume = TDK_NULL_I64, turnover = TDK_NULL_I64, trades = TDK_NULL_I64;
  std::uint32_t state = 0;
  bool operator==(const Candle &) const = default;
};

struct Coverage {
  std::int64_t from = 0, to = 0;
  std::uint32_t state = TDK_COVERAGE_PRESENT;
  std::string source;  // answers only
  tdk_status error = TDK_OK;
  std::uint32_t tries = 0;
  std::int64_t next_try = TDK_NULL_I64;
  std::int64_t updated = 0;
  std::string reason;
  bool operator==(const Coverage &) const = default;
};

struct Commit {
  SeriesName series;
  std::string source = "alpha";
  std::uint32_t rank = 0;
  std::string source_version = "alpha 1.0.0";
  std::int64_t fetched_at = 1;
  Exponents exps;
  std::vector<Candle> candles;
  std::vector<Coverage> coverage;
  bool only_required_columns = false;
};

struct Tick {
  std::string symbol = "BTC/USDT";
  std::int64_t time = 0, sequence = 0;
  std::uint32_t flags = 0;  // TDK_QUOTE_*
  std::int64_t bid = TDK_NULL_I64, ask = TDK_NULL_I64, last = TDK_NULL_I64;
  std::int64_t bid_size = TDK_NULL_I64, ask_size = TDK_NULL_I64, last_size = TDK_NULL_I64;
  std::int64_t volume = TDK_NULL_I64, trades = TDK_NULL_I64;
  Exponents exps{-2, -3, -4};  // of prices, of the volume, of sizes
  bool operator==(const Tick &) const = default;
};

// On its way into the outbox.
struct OutboxEvent {
  std::uint32_t about = TDK_ABOUT_NOTHING;
  std::uint64_t commit = 0, row = 0;
  std::string sink = "kafka", type = "candle", key = "BTC/USDT 1m";
  std::int64_t time = 0;
  std::string payload = "{}";
};

struct BatchCommit {
  std::vector<Commit> commits{};
  std::string source = "alpha", source_version = "alpha 1.0.0";  // of the ticks
  std::vector<Tick> ticks{};
  std::vector<OutboxEvent> events{};
};

struct TickQuery {
  std::string symbol = "BTC/USDT";
  bool trades = false;
  std::int64_t from = kEarliest, to = kLatest;
  std::uint64_t limit = 0;
  bool newest = false;
  const tdk_cancel *cancel = nullptr;
};

// Why a call did not do what it was asked; compares with a status.
struct Outcome {
  tdk_status status = TDK_OK;
  std::string message;
  bool ok() const { return status == TDK_OK; }
};

struct Committed : Outcome {
  std::uint64_t inserted = 0, updated = 0, unchanged = 0, outranked = 0;
};

struct Batch {
  Exponents exps;
  std::string source;
  std::int64_t fetched_at = 0;
  std::vector<Candle> candles;
};

struct Query {
  SeriesName series{};
  std::int64_t from = kEarliest, to = kLatest;
  std::uint64_t limit = 0;
  bool newest = false;
  std::uint64_t batch_hint = 0;
  const tdk_cancel *cancel = nullptr;
  std::function<tdk_status(const Batch &)> on_batch{};  // may refuse
};

struct Queried : Outcome {
  std::vector<Batch> batches;
  std::vector<Candle> candles() const;
};

struct SeriesStat {
  SeriesName series;
  std::int64_t first = TDK_NULL_I64, last = TDK_NULL_I64;
  std::uint64_t rows = 0, revisions = 0;
};

struct Revision {
  std::int64_t open_time = 0, open = 0, high = 0, low = 0, close = 0, volume = 0;
  int price_exp = 0, volume_exp = 0;
  std::string source;
  std::int64_t fetched_at = 0, replaced_at = 0;
};

template <class T>
struct Listed : Outcome {
  std::vector<T> items;
};

struct Counted : Outcome {
  std::uint64_t count = 0;
};

struct Decimal {
  std::int64_t mantissa = 0;
  std::int32_t exp = 0;
  bool operator==(const Decimal &) const = default;
};

struct Symbol {
  std::string symbol = "AAPL";
  std::uint32_t asset_class = TDK_ASSET_EQUITY;
  std::string name{}, exchange{}, currency{}, country{}, isin{}, vendor_symbol{};
  std::optional<std::int32_t> price_exp{};
  std::int64_t earliest = TDK_NULL_I64;
  std::uint32_t status = TDK_SYMBOL_UNKNOWN;
  std::string source{};         // answers only
  std::int64_t fetched_at = 0;  // answers only
  bool operator==(const Symbol &) const = default;
};

struct Event {
  std::string id{};
  std::int64_t time = 0;
  std::uint32_t importance = 0;
  std::string title = "CPI", country = "US", currency = "USD", unit = "%";
  std::optional<Decimal> actual{}, forecast{}, previous{};
  std::string source{};         // answers only
  std::int64_t fetched_at = 0;  // answers only
  bool operator==(const Event &) const = default;
};

struct EventQuery {
  std::int64_t from = kEarliest, to = kLatest;
  std::string country{}, source{};
  const tdk_cancel *cancel = nullptr;
};

// Threads: one at a time, as the contract has it.
class StorageClient {
 public:
  StorageClient(const std::string &plugin_file, const std::string &id, const Options &options,
                const FakeHost &host);
  Committed commit(const Commit &commit) const;
  Committed commit(const tdk_commit &commit) const;
  Committed commit_batch(const BatchCommit &batch) const;
  Queried query(const Query &query) const;
  Listed<Tick> query_ticks(const TickQuery &query) const;
  Listed<Coverage> coverage(const SeriesName &series, const std::string &source = "",
                            std::int64_t from = kEarliest, std::int64_t to = kLatest) const;
  Listed<SeriesStat> list_series() const;
  Listed<Revision> revisions(const SeriesName &series, std::int64_t from = kEarliest,
                             std::int64_t to = kLatest) const;
  Outcome store(const std::vector<Symbol> &symbols, const std::string &source = "alpha",
                std::int64_t fetched_at = 1) const;
  Outcome store(const std::vector<Event> &events, const std::string &source = "alpha",
                std::int64_t fetched_at = 1) const;
  Listed<Symbol> symbols(const std::string &symbol = "", const std::string &source = "",
                         std::uint64_t limit = 0) const;
  Listed<Event> events(const EventQuery &query = {}) const;
  Outcome remove_before(const SeriesName &series, std::int64_t before, std::uint64_t &removed,
                        const tdk_cancel *cancel = nullptr) const;
  tdk_status health() const { return instance_.health(); }
  const tdk_storage &table() const { return *table_; }
  void *self() const { return instance_.self(); }
  // What the instance offers beside tapedeck.storage/1; NULL: nothing of that name.
  template <class Table>
  const Table *interface(const char *iid) const {
    return instance_.interface<Table>(iid);
  }

 private:
  Instance instance_;
  const tdk_storage *table_;
};

tdk_series raw_series(const SeriesName &series, const std::string &source = {});

// A cancel token that fires from its n-th check on.
class CancelAfter {
 public:
  explicit CancelAfter(int checks);
  const tdk_cancel *raw() const { return &cancel_; }
  int asked() const { return asked_; }

 private:
  tdk_cancel cancel_{};
  int left_;
  int asked_ = 0;
};

}  // namespace tapedeck::conformance
