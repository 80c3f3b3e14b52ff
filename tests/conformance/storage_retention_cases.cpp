// STO-090 to STO-093: dropping what is old.
#include "storage_conformance.hpp"

namespace tapedeck::conformance {
namespace {

using testing::IsEmpty;

Commit hundred() {
  Commit c;
  c.candles = make_candles(0, 100);
  c.coverage = {covered(0, 100 * kMinute)};
  return c;
}

TEST_P(StorageConformance, STO090_CandlesRevisionsAndLedgerEndAtTheCut) {
  Commit c = hundred();
  ASSERT_TRUE(store().commit(c).ok());
  c.candles = make_candles(0, 100, 1);
  ASSERT_TRUE(store().commit(c).ok());
  std::uint64_t removed = 0;
  Outcome done = store().remove_before({}, 40 * kMinute, removed);
  ASSERT_TRUE(done.ok()) << done;
  EXPECT_EQ(removed, 40u);
  EXPECT_EQ(store().query({}).candles().front().open_time, 40 * kMinute);
  EXPECT_EQ(store().revisions({}).items.size(), 60u);
  auto ledger = store().coverage({}).items;
  ASSERT_EQ(ledger.size(), 1u);
  EXPECT_EQ(ledger[0].from, 40 * kMinute);
  EXPECT_EQ(store().list_series().items[0].rows, 60u);
  EXPECT_EQ(store().list_series().items[0].revisions, 60u);
}

TEST_P(StorageConformance, STO091_OtherSeriesStay) {
  Commit c = hundred();
  ASSERT_TRUE(store().commit(c).ok());
  c.series.symbol = "ETH/USDT";
  ASSERT_TRUE(store().commit(c).ok());
  std::uint64_t removed = 0;
  ASSERT_TRUE(store().remove_before({}, kLatest, removed).ok());
  EXPECT_EQ(removed, 100u);
  EXPECT_THAT(store().coverage({}).items, IsEmpty());
  EXPECT_EQ(store().query({.series = c.series}).candles().size(), 100u);
  EXPECT_EQ(store().coverage(c.series).items.size(), 1u);
}

TEST_P(StorageConformance, STO092_RemovingAgainRemovesNothing) {
  ASSERT_TRUE(store().commit(hundred()).ok());
  std::uint64_t removed = 0;
  ASSERT_TRUE(store().remove_before({}, 50 * kMinute, removed).ok());
  ASSERT_TRUE(store().remove_before({}, 50 * kMinute, removed).ok());
  EXPECT_EQ(removed, 0u);
  ASSERT_TRUE(store().commit(hundred()).ok());
  EXPECT_EQ(store().query({}).candles().size(), 100u);
}

// However far it comes: the ledger never claims rows that are gone.
TEST_P(StorageConformance, STO093_ACancelledRemovalLeavesNoFalseClaim) {
  Commit c;
  c.candles = make_candles(0, 50'000);
  c.coverage = {covered(0, 50'000 * kMinute)};
  ASSERT_TRUE(store().commit(c).ok());
  CancelAfter cancel(2);
  std::uint64_t removed = 0;
  Outcome done = store().remove_before({}, 45'000 * kMinute, removed, cancel.raw());
  EXPECT_EQ(done.status, TDK_CANCELLED);
  auto ledger = store().coverage({}).items;
  ASSERT_EQ(ledger.size(), 1u);
  auto rows = store().query({.from = ledger[0].from, .to = ledger[0].to}).candles();
  EXPECT_EQ(static_cast<std::int64_t>(rows.size()) * kMinute, ledger[0].to - ledger[0].from);
  ASSERT_TRUE(store().remove_before({}, 45'000 * kMinute, removed).ok());
  EXPECT_EQ(store().list_series().items[0].rows, 5'000u);
}

}  // namespace
}  // namespace tapedeck::conformance
