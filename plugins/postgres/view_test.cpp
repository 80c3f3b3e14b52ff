// The views that people read with any client.
#include "test_store.hpp"

namespace tapedeck::postgres {
namespace {

using conformance::Commit;
using conformance::FakeHost;

class View : public testing::Test {
 protected:
  void commit(const Commit &c) {
    const auto done = store_.commit(c);
    ASSERT_TRUE(done.ok()) << done;
  }
  std::vector<std::string> rows(const std::string &sql) const { return schema_.client().rows(sql); }

  TestSchema schema_;
  FakeHost host_;
  conformance::StorageClient store_ = open_plugin(schema_.options(), host_);
};

struct Price {
  std::int64_t mantissa;
  int exp;
  const char *text;
};

TEST_F(View, PricesAreExactNumericsWithTheDigitsAsStored) {
  const Price prices[] = {{4200010000000, -8, "42000.10000000"},
                          {5, -8, "0.00000005"},
                          {-5, -8, "-0.00000005"},
                          {0, -2, "0.00"},
                          {0, 5, "0"},
                          {42, 3, "42000"},
                          {-42, 3, "-42000"},
                          {7, 0, "7"},
                          {-34, -2, "-0.34"},
                          {100, -2, "1.00"},
                          {INT64_MAX, -18, "9.223372036854775807"},
                          {-INT64_MAX, -18, "-9.223372036854775807"},
                          {INT64_MAX, 0, "9223372036854775807"},
                          {INT64_MAX, 18, "9223372036854775807000000000000000000"},
                          {1, -18, "0.000000000000000001"},
                          {1, 18, "1000000000000000000"},
                          {9007199254740993, -3, "9007199254740.993"}};
  std::int64_t n = 0;
  for (const Price &p : prices) {
    Commit c;
    c.series.symbol = conformance::numbered("P", n++);
    c.exps = {p.exp, p.exp, 0};
    c.candles = {{0, p.mantissa, p.mantissa, p.mantissa, p.mantissa, p.mantissa}};
    commit(c);
    const std::string t = p.text;
    EXPECT_EQ(rows("SELECT open, high, low, close, volume, pg_typeof(open) FROM market_data WHERE symbol = '" + c.series.symbol + "'"),
              std::vector<std::string>{t + "|" + t + "|" + t + "|" + t + "|" + t + "|numeric"});
  }
}

TEST_F(View, TimesAreInstantsInTheReadersZone) {
  for (const auto &[ns, text] : std::vector<std::pair<std::int64_t, std::string>>{{0, "1970-01-01 00:00:00+00|0"},
                                                                                  {1'704'067'200'500'000'000, "2024-01-01 00:00:00.5+00|0"},
                                                                                  {1'704'067'200'000'000'001, "2024-01-01 00:00:00+00|1"},
                                                                                  {-1, "1969-12-31 23:59:59.999999+00|999"},
                                                                                  {INT64_MAX, "2262-04-11 23:47:16.854775+00|807"},
                                                                                  {INT64_MIN + 1, "1677-09-21 00:12:43.145224+00|193"}}) {
    Commit c;
    c.series.symbol = text;
    c.candles = {conformance::make_candle(ns, 5)};
    c.fetched_at = ns;
    if (ns != INT64_MAX) c.coverage = {conformance::covered(ns, INT64_MAX)};
    commit(c);
    EXPECT_EQ(rows("SELECT time, nanos FROM market_data WHERE symbol = '" + text + "'"), std::vector<std::string>{text});
    if (ns == INT64_MAX) continue;
    EXPECT_EQ(rows("SELECT from_time FROM coverage_view WHERE symbol = '" + text + "'").at(0) + "|", text.substr(0, text.find('|') + 1));
  }
}

TEST_F(View, MarketDataShowsFinalCandlesWithTheirSource) {
  Commit c;
  c.series = {"EUR/USD", {TDK_UNIT_HOUR, 4}, TDK_PRICE_BID};
  c.source = "oanda";
  c.candles = conformance::make_candles(0, 3);
  c.candles[2].state = TDK_CANDLE_FORMING;
  commit(c);
  const auto found = rows("SELECT * FROM market_data ORDER BY time");
  ASSERT_EQ(found.size(), 2u) << "the forming candle is not shown";
  EXPECT_EQ(found[0], "1970-01-01 00:00:00+00|EUR/USD|4h|100.00|100.02|99.98|100.01|30.000|oanda|bid|raw|0");
}

// What people write must use the key of the table, and of the partitions only those it needs.
TEST_F(View, ASeriesAndATimeAreFoundByTheKeyOfOnePartition) {
  Commit c;
  for (std::int64_t month = 0; month < 4; ++month) {
    c.candles = conformance::make_candles(1'704'067'200'000'000'000 + month * 31 * 86'400'000'000'000, 1000);
    commit(c);
  }
  schema_.client().execute("ANALYZE candle");
  std::string plan;
  for (const std::string &line : rows("EXPLAIN SELECT * FROM market_data WHERE symbol = 'BTC/USDT' AND timeframe = '1m' AND"
                                      " time >= '2024-02-01 00:00:00+00' AND time < '2024-02-02 00:00:00+00'"))
    plan += line + "\n";
  EXPECT_THAT(plan, testing::HasSubstr("candle_202402"));
  EXPECT_THAT(plan, testing::Not(testing::HasSubstr("candle_202401")));
  EXPECT_THAT(plan, testing::HasSubstr("series_id = "));
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
  const auto done = store_.commit_batch(b);
  ASSERT_TRUE(done.ok()) << done;
  EXPECT_EQ(rows("SELECT * FROM quotes"),
            std::vector<std::string>{"1970-01-01 00:00:00.5+00|BTC/USDT|42000.10|0.0015|42000.20|NULL|NULL|NULL|NULL|alpha|7|0"});
  EXPECT_EQ(rows("SELECT * FROM trades"), std::vector<std::string>{"1970-01-01 00:00:00+00|BTC/USDT|42000.15|0.0003|sell|2|alpha|8|0"});
}

TEST_F(View, SymbolsAndEventsAreReadable) {
  conformance::Symbol symbol{.symbol = "AAPL", .asset_class = TDK_ASSET_EQUITY, .name = "Apple", .exchange = "NASDAQ"};
  symbol.earliest = 0;
  conformance::Event event{.id = "7", .time = 60'000'000'000, .importance = 2};
  event.actual = conformance::Decimal{-31, -1};
  event.previous = conformance::Decimal{5, 3};
  ASSERT_TRUE(store_.store({symbol}, "polygon", 1'000'000'000).ok());
  ASSERT_TRUE(store_.store({event}, "twelvedata", 2'000'000'000).ok());
  EXPECT_EQ(rows("SELECT symbol, asset_class, name, exchange, source, earliest, fetched_at FROM instruments"),
            std::vector<std::string>{"AAPL|stock|Apple|NASDAQ|polygon|1970-01-01 00:00:00+00|1970-01-01 00:00:01+00"});
  EXPECT_EQ(rows("SELECT * FROM economic_events"),
            std::vector<std::string>{"1970-01-01 00:01:00+00|US|USD|CPI|medium|-3.1|NULL|5000|%|twelvedata|7|1970-01-01 00:00:02+00"});
}

TEST_F(View, CoverageShowsStatesInWords) {
  Commit c;
  c.coverage = {conformance::covered(0, 60'000'000'000, TDK_COVERAGE_NO_TRADES),
                conformance::failed(60'000'000'000, 120'000'000'000, 2, TDK_NULL_I64)};
  commit(c);
  EXPECT_EQ(rows("SELECT symbol, timeframe, source, state, from_time, to_time, reason, tries, next_try FROM coverage_view ORDER BY from_time"),
            (std::vector<std::string>{"BTC/USDT|1m|alpha|no trades|1970-01-01 00:00:00+00|1970-01-01 00:01:00+00||0|NULL",
                                      "BTC/USDT|1m|alpha|failed|1970-01-01 00:01:00+00|1970-01-01 00:02:00+00|HTTP 503|2|NULL"}));
}

TEST_F(View, TheOutboxIsWhatWaitsAndWhatIsDead) {
  host_.set_now(1'000'000'000);
  const conformance::OutboxEvent event{.time = 500'000'000, .payload = "{\"a\":1}"};
  ASSERT_TRUE(store_.commit_batch({.events = {event, event}}).ok());
  ASSERT_TRUE(conformance::OutboxClient(store_).settle({{1, TDK_OUTCOME_DEAD, "too large"}}).ok());
  EXPECT_EQ(rows("SELECT * FROM outbox_view ORDER BY id"),
            (std::vector<std::string>{
                "1|dead|kafka|candle|BTC/USDT 1m|1970-01-01 00:00:00.5+00|{\"a\":1}|1970-01-01 00:00:01+00|1|too large",
                "2|waiting|kafka|candle|BTC/USDT 1m|1970-01-01 00:00:00.5+00|{\"a\":1}|1970-01-01 00:00:01+00|0|"}));
}

}  // namespace
}  // namespace tapedeck::postgres
