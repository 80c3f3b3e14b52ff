// The views that people read with any SQLite client.
#include "test_store.hpp"

namespace tapedeck::sqlite {
namespace {

using conformance::Candle;
using conformance::Commit;
using conformance::FakeHost;

class View : public testing::Test {
 protected:
  void commit(const Commit &c) {
    auto done = open_plugin({{"path", file_}}, host_).commit(c);
    ASSERT_TRUE(done.ok()) << done;
  }
  std::string cell(const std::string &column) {
    return RawDatabase(file_).rows("SELECT " + column + " FROM market_data").at(0);
  }

  TempDirectory directory_;
  std::string file_ = directory_.file("market.db");
  FakeHost host_;
};

struct Price {
  std::int64_t mantissa;
  int exp;
  const char *text;
};

TEST_F(View, PricesAreExactInPlainNotation) {
  const Price prices[] = {{4200010000000, -8, "42000.10000000"},
                          {5, -8, "0.00000005"},
                          {-5, -8, "-0.00000005"},
                          {0, -2, "0.00"},
                          {0, 0, "0"},
                          {0, 5, "0"},
                          {42, 3, "42000"},
                          {-42, 3, "-42000"},
                          {7, 0, "7"},
                          {-1234, -2, "-12.34"},
                          {-34, -2, "-0.34"},
                          {100, -2, "1.00"},
                          {99, -2, "0.99"},
                          {INT64_MAX, -18, "9.223372036854775807"},
                          {-INT64_MAX, -18, "-9.223372036854775807"},
                          {INT64_MAX, 0, "9223372036854775807"},
                          {INT64_MAX, -1, "922337203685477580.7"},
                          {INT64_MAX, 18, "9223372036854775807000000000000000000"},
                          {1, -18, "0.000000000000000001"},
                          {1, 18, "1000000000000000000"},
                          {1000000000000000000, -18, "1.000000000000000000"},
                          {9007199254740993, -3, "9007199254740.993"}};
  for (const Price &p : prices) {
    std::filesystem::remove(file_);
    Commit c;
    c.exps = {p.exp, p.exp, 0};
    c.candles = {{0, p.mantissa, p.mantissa, p.mantissa, p.mantissa, p.mantissa}};
    commit(c);
    std::string text = p.text;
    EXPECT_EQ(cell("open, high, low, close, volume"),
              text + "|" + text + "|" + text + "|" + text + "|" + text);
    EXPECT_EQ(cell("typeof(open)"), "text");
  }
}

TEST_F(View, EveryExponentIsRight) {
  for (int exp = -18; exp <= 18; ++exp) {
    std::filesystem::remove(file_);
    Commit c;
    c.exps = {exp, 0, 0};
    c.candles = {{0, 123456789, -7, 0, 1}};
    commit(c);
    std::string digits = "123456789";
    if (exp >= 0)
      digits.append(static_cast<std::size_t>(exp), '0');
    else {
      auto fraction = static_cast<std::size_t>(-exp);
      if (digits.size() <= fraction)
        digits = std::string(fraction + 1 - digits.size(), '0') + digits;
      digits.insert(digits.size() - fraction, 1, '.');
    }
    EXPECT_EQ(cell("open"), digits) << "exponent " << exp;
    EXPECT_EQ(cell("volume"), "NULL");
  }
}

struct Instant {
  std::int64_t ns;
  const char *text;
};

TEST_F(View, TimesAreIsoWithAFractionWhereThereIsOne) {
  const Instant instants[] = {{0, "1970-01-01T00:00:00Z"},
                              {1'704'067'200'000'000'000, "2024-01-01T00:00:00Z"},
                              {1'704'067'200'500'000'000, "2024-01-01T00:00:00.5Z"},
                              {1'704'067'200'000'000'001, "2024-01-01T00:00:00.000000001Z"},
                              {-1, "1969-12-31T23:59:59.999999999Z"},
                              {-1'000'000'000, "1969-12-31T23:59:59Z"},
                              {INT64_MAX, "2262-04-11T23:47:16.854775807Z"},
                              {INT64_MIN + 1, "1677-09-21T00:12:43.145224193Z"}};
  for (const Instant &i : instants) {
    std::filesystem::remove(file_);
    Commit c;
    c.candles = {conformance::make_candle(i.ns, 5)};
    commit(c);
    EXPECT_EQ(cell("time"), i.text);
  }
}

TEST_F(View, MarketDataShowsFinalCandlesWithTheirSource) {
  Commit c;
  c.series = {"EUR/USD", {TDK_UNIT_HOUR, 4}, TDK_PRICE_BID};
  c.source = "oanda";
  c.candles = conformance::make_candles(0, 3);
  c.candles[2].state = TDK_CANDLE_FORMING;
  commit(c);
  auto rows = RawDatabase(file_).rows("SELECT * FROM market_data ORDER BY time");
  ASSERT_EQ(rows.size(), 2u) << "the forming candle is not shown";
  EXPECT_EQ(rows[0],
            "1970-01-01T00:00:00Z|EUR/USD|4h|100.00|100.02|99.98|100.01|30.000|oanda|bid|raw");
}

TEST_F(View, TicksAreReadable) {
  conformance::BatchCommit b;
  conformance::Tick quote{.time = 500'000'000, .sequence = 7, .bid = 4'200'010, .ask = 4'200'020};
  quote.bid_size = 15;
  conformance::Tick trade{.sequence = 8, .flags = TDK_QUOTE_TRADE | TDK_QUOTE_SELL};
  trade.last = 4'200'015;
  trade.last_size = 3;
  trade.trades = 2;
  b.ticks = {quote, trade};
  auto done = open_plugin({{"path", file_}}, host_).commit_batch(b);
  ASSERT_TRUE(done.ok()) << done;
  EXPECT_EQ(RawDatabase(file_).rows("SELECT * FROM quotes"),
            std::vector<std::string>{"1970-01-01T00:00:00.5Z|BTC/USDT|42000.10|0.0015|42000.20|NULL"
                                     "|NULL|NULL|NULL|alpha|7"});
  EXPECT_EQ(RawDatabase(file_).rows("SELECT * FROM trades"),
            std::vector<std::string>{"1970-01-01T00:00:00Z|BTC/USDT|42000.15|0.0003|sell|2|alpha|8"});
}

TEST_F(View, SymbolsAndEventsAreReadable) {
  const auto store = open_plugin({{"path", file_}}, host_);
  conformance::Symbol symbol{.symbol = "AAPL", .asset_class = TDK_ASSET_EQUITY, .name = "Apple", .exchange = "NASDAQ"};
  symbol.earliest = 0;
  conformance::Event event{.id = "7", .time = 60'000'000'000, .importance = 2};
  event.actual = conformance::Decimal{-31, -1};
  event.previous = conformance::Decimal{5, 3};
  ASSERT_TRUE(store.store({symbol}, "polygon", 1'000'000'000).ok());
  ASSERT_TRUE(store.store({event}, "twelvedata", 2'000'000'000).ok());
  EXPECT_EQ(RawDatabase(file_).rows("SELECT symbol, asset_class, name, exchange, source, earliest, fetched_at FROM instruments"),
            std::vector<std::string>{"AAPL|stock|Apple|NASDAQ|polygon|1970-01-01T00:00:00Z|1970-01-01T00:00:01Z"});
  EXPECT_EQ(RawDatabase(file_).rows("SELECT * FROM economic_events"),
            std::vector<std::string>{"1970-01-01T00:01:00Z|US|USD|CPI|medium|-3.1|NULL|5000|%|twelvedata|7|"
                                     "1970-01-01T00:00:02Z"});
}

TEST_F(View, TheOutboxIsReadable) {
  conformance::FakeHost host;
  host.set_now(1'000'000'000);
  const auto store = open_plugin({{"path", file_}}, host);
  conformance::OutboxEvent event{.time = 500'000'000, .payload = R"({"a":1})"};
  ASSERT_TRUE(store.commit_batch({.events = {event, event}}).ok());
  const conformance::OutboxClient outbox(store);
  ASSERT_TRUE(outbox.settle({{outbox.read().items.at(0).id, TDK_OUTCOME_DEAD, "too large"}}).ok());
  EXPECT_EQ(RawDatabase(file_).rows("SELECT * FROM outbox_view ORDER BY id"),
            (std::vector<std::string>{
                "1|dead|kafka|candle|BTC/USDT 1m|1970-01-01T00:00:00.5Z|{\"a\":1}|1970-01-01T00:00:01Z|1|too large",
                "2|waiting|kafka|candle|BTC/USDT 1m|1970-01-01T00:00:00.5Z|{\"a\":1}|1970-01-01T00:00:01Z|0|"}));
}

TEST_F(View, CoverageShowsStatesInWords) {
  Commit c;
  c.coverage = {conformance::covered(0, 60'000'000'000, TDK_COVERAGE_NO_TRADES),
                conformance::failed(60'000'000'000, 120'000'000'000, 2, TDK_NULL_I64)};
  commit(c);
  auto rows = RawDatabase(file_).rows(
      "SELECT symbol, timeframe, source, state, from_time, to_time, reason, tries, next_try FROM"
      " coverage_view ORDER BY from_time");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0],
            "BTC/USDT|1m|alpha|no trades|1970-01-01T00:00:00Z|1970-01-01T00:01:00Z||0|NULL");
  EXPECT_EQ(rows[1],
            "BTC/USDT|1m|alpha|failed|1970-01-01T00:01:00Z|1970-01-01T00:02:00Z|HTTP 503|2|NULL");
}

}  // namespace
}  // namespace tapedeck::sqlite
