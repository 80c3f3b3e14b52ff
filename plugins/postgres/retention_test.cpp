// What goes when it is old: partitions that are left empty, and those that drop_after_days names.
#include "test_store.hpp"

namespace tapedeck::postgres {
namespace {

using conformance::Commit;
using conformance::FakeHost;
using conformance::kMinute;

constexpr std::int64_t kDay = 1440 * kMinute;
constexpr std::int64_t kJanuary = 1'704'067'200'000'000'000;  // 2024-01-01
constexpr std::int64_t kMonths[] = {kJanuary, kJanuary + 31 * kDay, kJanuary + 60 * kDay, kJanuary + 91 * kDay};

class Retention : public testing::Test {
 protected:
  // A day in each of four months.
  void fill(const std::string &symbol) const {
    for (const std::int64_t month : kMonths) {
      Commit c;
      c.series.symbol = symbol;
      c.candles = conformance::make_candles(month, 1440);
      c.coverage = {conformance::covered(month, month + kDay)};
      ASSERT_TRUE(store_.commit(c).ok());
      c.candles.resize(10);
      for (auto &k : c.candles) ++k.close;
      ASSERT_EQ(store_.commit(c).updated, 10u);
    }
  }
  bool has(const std::string &partition) const { return schema_.client().text("SELECT to_regclass('" + partition + "') IS NOT NULL") == "t"; }
  conformance::StorageClient dropping(int days) const {
    return open_plugin(with(schema_.options(), {{"drop_after_days", std::to_string(days)}}), host_);
  }

  TestSchema schema_;
  FakeHost host_;
  conformance::StorageClient store_ = open_plugin(with(schema_.options(), {{"timescaledb", "off"}}), host_);
};

TEST_F(Retention, APartitionGoesWithItsLastRow) {
  fill("A");
  fill("B");
  std::uint64_t removed = 0;
  ASSERT_TRUE(store_.remove_before({"A"}, kMonths[1], removed).ok());
  EXPECT_EQ(removed, 1440u);
  EXPECT_TRUE(has("candle_202401")) << "B is in it";
  ASSERT_TRUE(store_.remove_before({"B"}, kMonths[1] + 10 * kMinute, removed).ok());
  EXPECT_EQ(removed, 1450u);
  EXPECT_FALSE(has("candle_202401"));
  EXPECT_TRUE(has("candle_202402"));
  EXPECT_EQ(disagreement(schema_.client()), "");
  fill("A");
  EXPECT_TRUE(has("candle_202401")) << "made again when it is needed";
}

TEST_F(Retention, WhoeverReadsForLongKeepsThePartitionForNow) {
  fill("A");
  const auto reader = schema_.client();
  reader.execute("BEGIN; SELECT count(*) FROM candle");
  std::uint64_t removed = 0;
  ASSERT_TRUE(store_.remove_before({"A"}, kMonths[2], removed).ok());
  EXPECT_EQ(removed, 2880u);
  EXPECT_TRUE(has("candle_202401"));
  reader.execute("COMMIT");
  ASSERT_TRUE(store_.remove_before({"A"}, kMonths[2] + kMinute, removed).ok());
  EXPECT_FALSE(has("candle_202401"));
  EXPECT_FALSE(has("candle_202402"));
}

TEST_F(Retention, OldMonthsAreDetachedWholeAndTheLedgerForgetsThem) {
  fill("A");
  fill("B");
  host_.set_now(kMonths[3] + kDay);
  Commit c;
  c.series.symbol = "A";
  c.candles = conformance::make_candles(kMonths[3] + kDay, 1);
  const auto store = dropping(40);  // before February 21st: January is whole
  ASSERT_TRUE(store.commit(c).ok());
  EXPECT_FALSE(has("candle_202401"));
  EXPECT_TRUE(has("candle_202402"));
  for (const char *symbol : {"A", "B"}) {
    const auto ledger = store.coverage({symbol}).items;
    ASSERT_EQ(ledger.size(), 3u) << symbol;
    EXPECT_EQ(ledger[0].from, kMonths[1]);
    EXPECT_EQ(store.revisions({symbol}).items.size(), 30u);
    EXPECT_EQ(store.query({.series = {symbol}}).candles().front().open_time, kMonths[1]);
  }
  EXPECT_EQ(store.list_series().items.at(1).rows, 3u * 1440);
  EXPECT_EQ(disagreement(schema_.client()), "");
}

TEST_F(Retention, ItIsDoneOnceADayByWhicheverWriterComesFirst) {
  fill("A");
  host_.set_now(kMonths[3]);
  const auto first = dropping(40), second = dropping(1);
  Commit c;
  c.series.symbol = "A";
  c.candles = conformance::make_candles(kMonths[3] + kDay, 1);
  ASSERT_TRUE(first.commit(c).ok());
  EXPECT_FALSE(has("candle_202401"));
  ASSERT_TRUE(second.commit(c).ok());
  EXPECT_TRUE(has("candle_202402")) << "today it was done";
  host_.set_now(kMonths[3] + kDay + 1);
  ASSERT_TRUE(second.commit(c).ok());
  EXPECT_FALSE(has("candle_202402"));
  EXPECT_FALSE(has("candle_202403"));
  EXPECT_TRUE(has("candle_202404"));
}

}  // namespace
}  // namespace tapedeck::postgres
