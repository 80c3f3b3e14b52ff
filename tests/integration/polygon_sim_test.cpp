// The provider "polygon", with the host's real network, against the simulator in this process.
#include <gmock/gmock.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "base/clock.hpp"
#include "kit/testing/calls.hpp"
#include "net/budget.hpp"
#include "net/http_client.hpp"
#include "observe/metrics.hpp"
#include "polygon.hpp"
#include "runtime/host_services.hpp"
#include "sim/polygon/hours.hpp"
#include "sim/simulator.hpp"
#include "sim/time_text.hpp"
#include "sim/zone.hpp"

using kit::test::Candle;
using kit::test::Candles;
using kit::test::CandlesAsked;

namespace tapedeck {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr tdk_interval kMinute{TDK_UNIT_MINUTE, 1};

std::int64_t at(const char *text) { return *sim::parse_iso8601(text); }

// The vendor's time. Who sleeps, as for a budget, lets it pass; waits on sockets take real time.
class VendorClock final : public Clock {
 public:
  VendorClock(sim::SimClock &vendor, bool sleeps_in_it) : vendor_(vendor), sleeps_in_it_(sleeps_in_it) {}
  std::int64_t now_ns() override { return vendor_.now_ms() * kMs; }
  std::int64_t monotonic_ns() override { return sleeps_in_it_ ? now_ns() : system_clock().monotonic_ns(); }
  tdk_status sleep_ns(std::int64_t ns, const tdk_cancel *cancel) override {
    if (!sleeps_in_it_) return system_clock().sleep_ns(ns, cancel);
    vendor_.advance(ns / kMs + 1);
    return TDK_OK;
  }

 private:
  sim::SimClock &vendor_;
  const bool sleeps_in_it_;
};

// A vendor, a host's services, and a provider between them.
class World {
 public:
  using Options = std::vector<std::pair<std::string, std::string>>;

  World(std::vector<sim::VendorSetting> settings, Options more, bool sleeps_in_vendor_time = true)
      : vendor(options(std::move(settings))), clock(vendor.clock(), sleeps_in_vendor_time) {
    more.emplace_back("api_key", "k");
    more.emplace_back("base_url", vendor.url() + "/polygon");
    HostServicesSettings services;
    services.plugin = "polygon";
    services.http = &client;
    services.account = &account;
    services.metrics = &metrics;
    services.clock = &clock;
    host = make_host_services(services);
    std::vector<tdk_kv> kv;
    for (const auto &[k, v] : more) kv.push_back({str(k), str(v)});
    provider = std::make_unique<polygon::Provider>(Host(host.get()), Config(kv.data(), kv.size()));
  }

  Candles candles(const std::string &symbol, tdk_interval interval, std::int64_t from_ms, std::int64_t to_ms) {
    CandlesAsked asked;
    asked.symbol = symbol;
    asked.interval = interval;
    asked.from_ns = from_ms * kMs;
    asked.to_ns = to_ms * kMs;
    asked.price_type = polygon::price_type_of(polygon::ticker_of(symbol).market);
    return fetch_candles(*provider, asked);
  }

  sim::Simulator vendor;

 private:
  static sim::Options options(std::vector<sim::VendorSetting> settings) {
    sim::Options out;
    out.start_ms = at("2024-05-01T15:00:30.500Z");  // a Wednesday, 11:00:30 in New York
    out.speed = 0;
    out.settings = std::move(settings);
    return out;
  }

 public:
  VendorClock clock;
  HttpClient client{{}, clock};
  Account account{"polygon", clock};
  Metrics metrics;
  std::shared_ptr<const tdk_host> host;
  std::unique_ptr<polygon::Provider> provider;
};

Candle sum_of(const std::vector<Candle> &rows, std::int64_t open_time) {
  Candle out = rows.front();
  for (std::size_t i = 1; i < rows.size(); ++i) {
    out.high = std::max(out.high, rows[i].high);
    out.low = std::min(out.low, rows[i].low);
    out.close = rows[i].close;
    if (out.trades != TDK_NULL_I64) out.trades += rows[i].trades;
    if (out.volume != TDK_NULL_I64) out.volume += rows[i].volume;
  }
  out.open_time = open_time;
  return out;
}

bool same(const Candle &a, const Candle &b) {
  return a.open_time == b.open_time && a.open == b.open && a.high == b.high && a.low == b.low && a.close == b.close &&
         a.trades == b.trades && a.volume == b.volume;
}

// Longer candles from minutes, on the UTC grid; days of stocks are those of New York, which end at 00:00
// or 01:00 UTC of the next date.
std::vector<Candle> composed(const std::vector<Candle> &minutes, const polygon::Interval &interval, bool new_york) {
  std::map<std::int64_t, std::vector<Candle>> groups;
  for (const Candle &m : minutes) {
    const std::int64_t ms = m.open_time / kMs;
    const std::int64_t shift = new_york && interval.of_days() ? sim::Zone::new_york().offset_ms(ms) : 0;
    groups[polygon::floor_open(interval, ms + shift)].push_back(m);
  }
  std::vector<Candle> out;
  for (const auto &[open, rows] : groups) out.push_back(sum_of(rows, open * kMs));
  return out;
}

TEST(PolygonHistory, EveryIntervalOfEveryMarketIsTheSumOfItsMinutes) {
  World world({}, {{"plan", "advanced"}});
  // Two weeks, with New York's change of clocks inside.
  const std::int64_t from = at("2024-03-04T00:00:00Z"), to = at("2024-03-18T00:00:00Z");
  for (const std::string symbol : {"AAPL", "EUR/USD", "BTC/USD", "SPX"}) {
    const Candles minutes = world.candles(symbol, kMinute, from, to);
    ASSERT_EQ(minutes.status, TDK_OK) << symbol << ' ' << minutes.text();
    ASSERT_GT(minutes.rows.size(), 3'000U) << symbol;
    for (const tdk_interval id : polygon::interval_ids()) {
      const polygon::Interval &interval = polygon::find_interval(id);
      if (id.unit == TDK_UNIT_SECOND || id.unit == TDK_UNIT_MONTH) continue;
      const Candles got = world.candles(symbol, id, from, to);
      ASSERT_EQ(got.status, TDK_OK) << symbol << ' ' << interval.name << ' ' << got.text();
      const auto wanted = composed(minutes.rows, interval, symbol == "AAPL" || symbol == "SPX");
      ASSERT_EQ(got.rows.size(), wanted.size()) << symbol << ' ' << interval.name;
      for (std::size_t i = 0; i < wanted.size(); ++i)
        ASSERT_TRUE(same(got.rows[i], wanted[i])) << symbol << ' ' << interval.name << ' ' << sim::iso8601(wanted[i].open_time / kMs);
    }
  }
}

TEST(PolygonHistory, PagesOfFiftyThousandMinutesFollowEachOther) {
  World world({}, {{"plan", "advanced"}});
  const std::int64_t from = at("2024-01-01T00:00:00Z"), to = at("2024-04-01T00:00:00Z");
  const Candles got = world.candles("BTC/USD", kMinute, from, to);
  ASSERT_EQ(got.status, TDK_OK) << got.text();
  ASSERT_EQ(got.rows.size(), 91U * 1440U);
  for (std::size_t i = 0; i < got.rows.size(); ++i)
    ASSERT_EQ(got.rows[i].open_time / kMs, from + static_cast<std::int64_t>(i) * 60'000);
  EXPECT_EQ(world.vendor.counters("polygon").requests, 3U);
}

TEST(PolygonHistory, TheFreePlansFiveRequestsAMinuteAreNeverExceeded) {
  World world({{"polygon", "plan", "free"}}, {});
  const std::int64_t before = world.vendor.clock().now_ms();
  const Candles got = world.candles("AAPL", {TDK_UNIT_HOUR, 4}, at("2023-05-01T00:00:00Z"), at("2024-05-01T00:00:00Z"));
  ASSERT_EQ(got.status, TDK_OK) << got.text();
  for (int i = 0; i < 12; ++i) world.candles("AAPL", kMinute, at("2024-04-29T00:00:00Z"), at("2024-04-30T00:00:00Z"));
  const auto counters = world.vendor.counters("polygon");
  EXPECT_EQ(counters.refused_429, 0U);
  EXPECT_GE(counters.requests, 17U);
  EXPECT_GE(world.vendor.clock().now_ms() - before, 3 * 60'000) << "waited for";
}

TEST(PolygonHistory, TinyPricesWithExponentsAreExact) {
  World world({}, {{"plan", "advanced"}});
  const Candles got = world.candles("SHIB/USD", kMinute, at("2024-04-30T00:00:00Z"), at("2024-04-30T01:00:00Z"));
  ASSERT_EQ(got.rows.size(), 60U) << got.text();
  EXPECT_EQ(got.rows[0].price_exp, -8);
  EXPECT_GT(got.rows[0].open, 100);
  EXPECT_LT(got.rows[0].open, 10'000) << "below 0.0001, so written as 2.1e-05";
}

TEST(PolygonHistory, FaultsOfTheVendorAreErrorsAndNeverRows) {
  World world({}, {{"plan", "advanced"}});
  const std::int64_t from = at("2024-04-30T14:00:00Z"), to = at("2024-04-30T15:00:00Z");
  const std::pair<sim::FaultKind, tdk_status> faults[] = {{sim::FaultKind::TruncatedJson, TDK_BAD_DATA}, {sim::FaultKind::Html200, TDK_BAD_DATA},
                                                          {sim::FaultKind::EmptyBody, TDK_BAD_DATA},     {sim::FaultKind::DuplicateRows, TDK_BAD_DATA},
                                                          {sim::FaultKind::UnorderedRows, TDK_BAD_DATA}, {sim::FaultKind::Garbage, TDK_BAD_DATA},
                                                          {sim::FaultKind::Empty200, TDK_OK}};
  for (const auto &[kind, status] : faults) {
    sim::Fault fault;
    fault.vendor = "polygon";
    fault.kind = kind;
    world.vendor.inject(fault);
    const Candles got = world.candles("AAPL", kMinute, from, to);
    EXPECT_EQ(got.status, status) << sim::name_of(kind) << ' ' << got.text();
    EXPECT_TRUE(got.rows.empty()) << sim::name_of(kind);
  }
  EXPECT_EQ(world.candles("AAPL", kMinute, from, to).rows.size(), 60U);
}

TEST(PolygonQuotes, ComeOfEveryMarket) {
  World world({{"polygon", "deny", "I:NDX"}}, {{"plan", "advanced"}});
  const auto got = kit::test::fetch_quotes(*world.provider, {"AAPL", "EUR/USD", "BTC/USD", "SPX", "NAS100"});
  ASSERT_EQ(got.rows.size(), 4U) << got.text();
  EXPECT_NE(got.rows[0].second.bid, TDK_NULL_I64);
  EXPECT_LT(got.rows[1].second.bid, got.rows[1].second.ask);
  EXPECT_NE(got.rows[2].second.last, TDK_NULL_I64);
  EXPECT_NE(got.rows[3].second.last, TDK_NULL_I64);
  for (const auto &[symbol, quote] : got.rows) {
    EXPECT_LE(quote.time, world.clock.now_ns()) << symbol;
    EXPECT_GT(quote.time, world.clock.now_ns() - 60'000 * kMs) << symbol;
  }
}

TEST(PolygonSymbols, AreFoundByNameAndEarliestIsTheFirstMinute) {
  World world({}, {{"plan", "advanced"}});
  const auto got = kit::test::search(*world.provider, "BTC/USD");
  ASSERT_EQ(got.rows.size(), 1U) << got.text();
  EXPECT_EQ(got.rows[0].symbol, "BTC/USD");
  CandlesAsked asked;
  asked.symbol = "BTC/USD";
  EXPECT_EQ(kit::test::earliest(*world.provider, asked).time / kMs, at("2017-08-17T04:00:00Z"));
}

struct Row {
  std::int64_t open_time, open, high, low, close, volume;
  std::uint32_t state;
};

// run_stream() on a thread of its own, and what it hands over.
class Stream {
 public:
  struct Series {
    std::string symbol;
    tdk_interval interval{};
    std::uint32_t price_type = TDK_PRICE_TRADE;
  };

  Stream(World &world, std::vector<Series> wanted) : wanted_(std::move(wanted)), thread_([this, &world] { run(world); }) {}
  ~Stream() { stop(); }

  template <class F>
  bool wait(F &&condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return condition(*this); });
  }
  bool connected() {
    return wait([](Stream &s) { return s.connected_ || s.ended_; }) && connected_;
  }
  tdk_status stop() {
    cancelled_ = true;
    if (thread_.joinable()) thread_.join();
    return status_;
  }
  tdk_status end() {
    if (thread_.joinable()) thread_.join();
    return status_;
  }
  // Under the lock, or after the end.
  std::map<std::string, std::map<std::int64_t, Row>> candles;  // the last of each time
  std::size_t candle_count = 0;
  std::map<std::string, std::vector<tdk_quote>> ticks;
  std::vector<std::string> rejected;
  tdk_error error{};

 private:
  static Stream &of(void *ctx) { return *static_cast<Stream *>(ctx); }
  void run(World &world) {
    std::vector<tdk_series> series;
    for (const Series &w : wanted_) {
      tdk_series s{};
      s.struct_size = sizeof s;
      s.symbol = str(w.symbol);
      s.interval = w.interval;
      s.price_type = w.price_type;
      series.push_back(s);
    }
    const tdk_stream_request rq{sizeof rq, 0, series.data(), series.size(), sizeof(tdk_series)};
    tdk_stream_sink sink{};
    sink.struct_size = sizeof sink;
    sink.ctx = this;
    sink.on_candles = [](void *ctx, const tdk_series *s, const tdk_candle_batch *b) -> tdk_status {
      const std::lock_guard lock(of(ctx).mutex_);
      for (std::uint64_t i = 0; i < b->count; ++i) {
        of(ctx).candles[std::string(sv(s->symbol))][b->open_time[i]] = {b->open_time[i], b->open[i],  b->high[i], b->low[i],
                                                                        b->close[i],     b->volume[i], b->state[i]};
        ++of(ctx).candle_count;
      }
      of(ctx).changed_.notify_all();
      return TDK_OK;
    };
    sink.on_quotes = [](void *ctx, const tdk_quote *q, std::uint64_t n, std::uint64_t) -> tdk_status {
      const std::lock_guard lock(of(ctx).mutex_);
      for (std::uint64_t i = 0; i < n; ++i) of(ctx).ticks[std::string(sv(q[i].symbol))].push_back(q[i]);
      of(ctx).changed_.notify_all();
      return TDK_OK;
    };
    sink.on_event = [](void *ctx, const tdk_stream_event *e) -> tdk_status {
      const std::lock_guard lock(of(ctx).mutex_);
      if (e->kind == TDK_STREAM_CONNECTED) of(ctx).connected_ = true;
      if (e->kind == TDK_STREAM_REJECTED) of(ctx).rejected.emplace_back(sv(e->series->symbol));
      of(ctx).changed_.notify_all();
      return TDK_OK;
    };
    tdk_cancel cancel{};
    cancel.struct_size = sizeof cancel;
    cancel.ctx = this;
    cancel.wait_fd = -1;
    cancel.deadline_mono_ns = INT64_MAX;
    cancel.check = [](const tdk_cancel *c) -> tdk_status { return of(c->ctx).cancelled_ ? TDK_CANCELLED : TDK_OK; };
    error = detail::fresh();
    const kit::test::Callee callee(*world.provider);
    status_ = callee.table->run_stream(callee.self, &rq, &sink, &cancel, &error);
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
  }

  const std::vector<Series> wanted_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool connected_ = false, ended_ = false;
  std::atomic<bool> cancelled_{false};
  tdk_status status_ = TDK_OK;
  std::thread thread_;  // last: it uses the others
};

std::vector<Stream::Series> minutes_of_all_markets() {
  return {{"AAPL", kMinute, TDK_PRICE_TRADE}, {"EUR/USD", kMinute, TDK_PRICE_MID}, {"BTC/USD", kMinute, TDK_PRICE_TRADE}, {"SPX", kMinute, TDK_PRICE_TRADE}};
}

void pass(World &world, int minutes) {
  for (int i = 0; i < minutes; ++i) {
    world.vendor.clock().advance(60'000);
    ASSERT_TRUE(world.vendor.settle());
  }
}

// Bars of all markets over a connection each; each minute came twice, late trades having changed it.
TEST(PolygonStreams, MinutesOfEveryMarketEqualTheHistory) {
  World world({{"polygon", "late_bars", "100"}, {"polygon", "unknown_events", "on"}, {"polygon", "acks", "split"}}, {{"plan", "advanced"}}, false);
  Stream stream(world, minutes_of_all_markets());
  ASSERT_TRUE(stream.connected()) << stream.error.message;
  pass(world, 8);
  // At least four minutes of each have come and been corrected.
  ASSERT_TRUE(stream.wait([](Stream &s) { return s.candle_count >= 4U * 14U; })) << stream.candle_count;
  EXPECT_EQ(stream.stop(), TDK_CANCELLED);
  const std::int64_t first = at("2024-05-01T15:00:00Z"), last = first + 5 * 60'000;
  for (const auto &series : minutes_of_all_markets()) {
    const Candles rest = world.candles(series.symbol, kMinute, first, last);
    ASSERT_EQ(rest.rows.size(), 5U) << series.symbol;
    for (const Candle &wanted : rest.rows) {
      const auto &rows = stream.candles[series.symbol];
      const auto hit = rows.find(wanted.open_time);
      ASSERT_NE(hit, rows.end()) << series.symbol << ' ' << sim::iso8601(wanted.open_time / kMs);
      const Row &got = hit->second;
      EXPECT_TRUE(got.open == wanted.open && got.high == wanted.high && got.low == wanted.low && got.close == wanted.close &&
                  got.volume == wanted.volume && got.state == 0)
          << series.symbol << ' ' << sim::iso8601(wanted.open_time / kMs);
    }
  }
}

TEST(PolygonStreams, TradesAndQuotesComeInOrder) {
  World world({}, {{"plan", "advanced"}}, false);
  Stream stream(world, {{"AAPL", {}, TDK_PRICE_TRADE}, {"MSFT", {}, TDK_PRICE_MID}, {"EUR/USD", {}, TDK_PRICE_MID}});
  ASSERT_TRUE(stream.connected()) << stream.error.message;
  pass(world, 2);
  ASSERT_TRUE(stream.wait([](Stream &s) { return s.ticks["AAPL"].size() > 60 && s.ticks["MSFT"].size() > 40 && s.ticks["EUR/USD"].size() > 60; }));
  stream.stop();
  for (const auto &[symbol, ticks] : stream.ticks)
    for (std::size_t i = 1; i < ticks.size(); ++i) ASSERT_GE(ticks[i].time, ticks[i - 1].time) << symbol;
  EXPECT_LT(stream.ticks["EUR/USD"][0].bid, stream.ticks["EUR/USD"][0].ask);
}

TEST(PolygonStreams, WhatThePlanDoesNotHaveAndWhatIsNotListedIsRejected) {
  World world({{"polygon", "deny", "Q"}}, {{"plan", "advanced"}}, false);
  Stream stream(world, {{"AAPL", {}, TDK_PRICE_TRADE}, {"AAPL", {}, TDK_PRICE_MID}, {"NOSUCH", {}, TDK_PRICE_TRADE}});
  ASSERT_TRUE(stream.connected()) << stream.error.message;
  stream.stop();
  EXPECT_THAT(stream.rejected, testing::UnorderedElementsAre("NOSUCH", "AAPL"));
}

TEST(PolygonStreams, AMarketThatThePlanLacksLeavesTheOthersAlone) {
  World world({{"polygon", "deny", "forex"}}, {{"plan", "advanced"}}, false);
  Stream stream(world, {{"AAPL", {}, TDK_PRICE_TRADE}, {"EUR/USD", {}, TDK_PRICE_MID}});
  ASSERT_TRUE(stream.connected()) << stream.error.message;
  pass(world, 1);
  EXPECT_TRUE(stream.wait([](Stream &s) { return !s.ticks["AAPL"].empty(); }));
  EXPECT_EQ(stream.stop(), TDK_CANCELLED);
  EXPECT_THAT(stream.rejected, testing::ElementsAre("EUR/USD"));
}

TEST(PolygonStreams, ABadKeyIsRefusedForGood) {
  World world({{"polygon", "key", "another"}}, {{"plan", "advanced"}}, false);
  Stream stream(world, {{"AAPL", {}, TDK_PRICE_TRADE}});
  EXPECT_EQ(stream.end(), TDK_UNAUTHENTICATED) << stream.error.message;
}

TEST(PolygonStreams, ARestSideThatHangsDoesNotKeepThemWaiting) {
  World world({}, {{"plan", "advanced"}}, false);
  sim::Fault fault;
  fault.vendor = "polygon";
  fault.kind = sim::FaultKind::Hang;
  fault.path = "/v3/reference";
  fault.count = -1;
  world.vendor.inject(fault);
  Stream stream(world, {{"AAPL", {}, TDK_PRICE_TRADE}, {"MSFT", {}, TDK_PRICE_TRADE}, {"SPY", {}, TDK_PRICE_TRADE}});
  ASSERT_TRUE(stream.connected()) << stream.error.message;  // within 20 s
  EXPECT_TRUE(stream.rejected.empty());
}

TEST(PolygonStreams, ASecondConnectionShowsTheFirstOut) {
  for (const char *how : {"1008", "reset"}) {
    World world({{"polygon", "evict_with", how}}, {{"plan", "advanced"}}, false);
    Stream first(world, {{"AAPL", {}, TDK_PRICE_TRADE}});
    ASSERT_TRUE(first.connected()) << first.error.message;
    Stream second(world, {{"MSFT", {}, TDK_PRICE_TRADE}});
    ASSERT_TRUE(second.connected()) << second.error.message;
    EXPECT_EQ(first.end(), TDK_RATE_LIMITED) << how << ' ' << first.error.message;
    EXPECT_GE(first.error.retry_after_ms, 60'000);
    second.stop();
  }
}

TEST(PolygonStreams, ABrokenConnectionEndsTheCall) {
  for (const sim::FaultKind kind : {sim::FaultKind::Cut, sim::FaultKind::ResetMidFrame, sim::FaultKind::GarbageJson}) {
    World world({}, {{"plan", "advanced"}}, false);
    Stream stream(world, {{"BTC/USD", {}, TDK_PRICE_TRADE}});
    ASSERT_TRUE(stream.connected()) << stream.error.message;
    sim::Fault fault;
    fault.vendor = "polygon";
    fault.kind = kind;
    fault.now = true;
    world.vendor.inject(fault);
    EXPECT_EQ(stream.end(), kind == sim::FaultKind::GarbageJson ? TDK_BAD_DATA : TDK_UNAVAILABLE) << sim::name_of(kind) << stream.error.message;
  }
}

}  // namespace
}  // namespace tapedeck
