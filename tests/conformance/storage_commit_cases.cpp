// STO-001 to STO-014: what a commit stores, whole or not at all, and exactly.
#include "storage_conformance.hpp"

namespace tapedeck::conformance {
namespace {

using testing::ElementsAreArray;
using testing::IsEmpty;

TEST_P(StorageConformance, STO001_CommitStoresCandlesAndCoverageTogether) {
  Commit c;
  c.candles = make_candles(0, 5);
  c.coverage = {covered(0, 5 * kMinute)};
  Committed done = store().commit(c);
  ASSERT_TRUE(done.ok()) << done;
  EXPECT_EQ(done.inserted, 5u);
  EXPECT_THAT(store().query({}).candles(), ElementsAreArray(c.candles));
  auto ledger = store().coverage({});
  ASSERT_EQ(ledger.items.size(), 1u);
  EXPECT_EQ(ledger.items[0].source, "alpha");
  EXPECT_EQ(ledger.items[0].to, 5 * kMinute);
}

TEST_P(StorageConformance, STO002_RowsOutOfOrderStoreNothingOfTheCommit) {
  Commit c;
  c.candles = make_candles(0, 5);
  std::swap(c.candles[3], c.candles[4]);
  c.coverage = {covered(0, 5 * kMinute)};
  EXPECT_EQ(store().commit(c).status, TDK_INVALID_ARGUMENT);
  EXPECT_EQ(store().query({}).status, TDK_NOT_FOUND);
  EXPECT_THAT(store().list_series().items, IsEmpty());
}

TEST_P(StorageConformance, STO003_CoverageOutOfOrderStoresNothingOfTheCommit) {
  Commit first;
  first.candles = make_candles(0, 1);
  ASSERT_TRUE(store().commit(first).ok());
  Commit c;
  c.candles = make_candles(kMinute, 5);
  c.coverage = {covered(0, 3 * kMinute), covered(2 * kMinute, 5 * kMinute)};
  EXPECT_EQ(store().commit(c).status, TDK_INVALID_ARGUMENT);
  EXPECT_THAT(store().query({}).candles(), ElementsAreArray(first.candles));
  EXPECT_THAT(store().coverage({}).items, IsEmpty());
}

TEST_P(StorageConformance, STO004_TheSameCommitTwiceChangesNothing) {
  Commit c;
  c.candles = make_candles(0, 50);
  c.coverage = {covered(0, 50 * kMinute)};
  ASSERT_TRUE(store().commit(c).ok());
  c.fetched_at = 99;
  Committed again = store().commit(c);
  EXPECT_EQ(again.unchanged, 50u);
  EXPECT_EQ(again.inserted + again.updated + again.outranked, 0u);
  EXPECT_THAT(store().query({}).candles(), ElementsAreArray(c.candles));
  EXPECT_THAT(store().revisions({}).items, IsEmpty());
  EXPECT_EQ(store().coverage({}).items.size(), 1u);
}

TEST_P(StorageConformance, STO005_EveryDigitComesBackAtEveryExponent) {
  for (int exp = -18; exp <= 18; ++exp) {
    Commit c;
    c.series.symbol = numbered("E", exp);
    c.exps = {exp, -exp, exp};
    c.candles = {{1, INT64_MAX, INT64_MAX, -INT64_MAX, 0, INT64_MAX, -INT64_MAX, INT64_MAX, 0},
                 {2, -1, 1, -7, 7, TDK_NULL_I64, TDK_NULL_I64, TDK_NULL_I64, 2},
                 {INT64_MAX - 1, 5, 5, 5, 5, 0, 0, 0, 0}};
    ASSERT_TRUE(store().commit(c).ok());
    Queried answer = store().query({.series = c.series});
    ASSERT_EQ(answer.batches.size(), 1u) << answer;
    EXPECT_EQ(answer.batches[0].exps, c.exps);
    EXPECT_THAT(answer.candles(), ElementsAreArray(c.candles));
  }
}

TEST_P(StorageConformance, STO006_AbsentColumnsAreUnknownAndFinal) {
  Commit c;
  c.candles = make_candles(0, 3);
  c.only_required_columns = true;
  ASSERT_TRUE(store().commit(c).ok());
  for (const Candle &k : store().query({}).candles()) {
    EXPECT_EQ(k.volume, TDK_NULL_I64);
    EXPECT_EQ(k.turnover, TDK_NULL_I64);
    EXPECT_EQ(k.trades, TDK_NULL_I64);
    EXPECT_EQ(k.state, 0u);
  }
}

TEST_P(StorageConformance, STO007_AnEqualNumberAtAnotherExponentIsUnchanged) {
  Commit c;
  c.candles = {{0, 100, 300, -100, 200, 1000, 0, 7, 0}};
  ASSERT_TRUE(store().commit(c).ok());
  c.exps = {0, 0, 18};
  c.candles = {{0, 1, 3, -1, 2, 1, 0, 7, 0}};
  EXPECT_EQ(store().commit(c).unchanged, 1u);
  EXPECT_EQ(store().query({}).batches[0].exps.price, -2);
}

TEST_P(StorageConformance, STO008_NumbersFarApartInExponentAreNotMistakenForEqual) {
  Commit c;
  c.exps.price = -18;
  c.candles = {{0, 1, 1, 1, 1, TDK_NULL_I64, TDK_NULL_I64, TDK_NULL_I64, 0}};
  ASSERT_TRUE(store().commit(c).ok());
  c.exps.price = 18;
  EXPECT_EQ(store().commit(c).updated, 1u);
  c.exps.price = 17;
  c.candles[0] = {0, 10, 10, 10, 10, TDK_NULL_I64, TDK_NULL_I64, TDK_NULL_I64, 0};
  EXPECT_EQ(store().commit(c).unchanged, 1u);
}

TEST_P(StorageConformance, STO009_ALedgerEntryAloneMakesTheSeriesKnown) {
  Commit c;
  c.coverage = {covered(0, kMinute, TDK_COVERAGE_CLOSED)};
  ASSERT_TRUE(store().commit(c).ok());
  Queried answer = store().query({});
  EXPECT_TRUE(answer.ok()) << answer;
  EXPECT_THAT(answer.batches, IsEmpty());
  auto list = store().list_series();
  ASSERT_EQ(list.items.size(), 1u);
  EXPECT_EQ(list.items[0].first, TDK_NULL_I64);
  EXPECT_EQ(list.items[0].rows, 0u);
}

TEST_P(StorageConformance, STO010_NamesAreDataAndNotCommands) {
  const std::string names[] = {"'; DROP TABLE candle; --",
                               "a\"b",
                               "a''b",
                               "%_\\",
                               "\xc3\xa9\xe4\xba\xac",
                               "a;b",
                               "a/**/b",
                               "?1",
                               "$1",
                               " "};
  for (const std::string &name : names) {
    Commit c;
    c.series.symbol = c.source = c.source_version = name;
    c.candles = make_candles(0, 2);
    c.coverage = {covered(0, kMinute)};
    c.coverage[0].reason = name;
    ASSERT_TRUE(store().commit(c).ok()) << name;
    Queried answer = store().query({.series = c.series});
    ASSERT_EQ(answer.batches.size(), 1u) << name;
    EXPECT_EQ(answer.batches[0].source, name);
    EXPECT_EQ(store().coverage(c.series, name).items.at(0).reason, name);
  }
  EXPECT_EQ(store().list_series().items.size(), std::size(names));
}

TEST_P(StorageConformance, STO011_SeriesDifferInIntervalPriceTypeAndAdjustment) {
  std::vector<SeriesName> names;
  for (std::uint32_t unit = TDK_UNIT_SECOND; unit <= TDK_UNIT_MONTH; ++unit)
    for (std::uint32_t count : {1u, 15u}) names.push_back({"X", {unit, count}});
  names.push_back({"X", {TDK_UNIT_DAY, 1}, TDK_PRICE_BID});
  names.push_back({"X", {TDK_UNIT_DAY, 1}, TDK_PRICE_BID, TDK_ADJ_ALL});
  for (std::size_t i = 0; i < names.size(); ++i) {
    Commit c;
    c.series = names[i];
    c.candles = make_candles(0, 1, static_cast<std::int64_t>(i));
    ASSERT_EQ(store().commit(c).inserted, 1u);
  }
  std::vector<SeriesName> listed;
  for (const SeriesStat &s : store().list_series().items) listed.push_back(s.series);
  EXPECT_TRUE(std::is_permutation(listed.begin(), listed.end(), names.begin(), names.end()));
  EXPECT_EQ(store().query({.series = names[5]}).candles(), make_candles(0, 1, 5));
}

TEST_P(StorageConformance, STO012_WhatWasCommittedIsThereAfterReopening) {
  Commit c;
  c.candles = make_candles(0, 100);
  c.coverage = {covered(0, 100 * kMinute)};
  ASSERT_TRUE(store().commit(c).ok());
  close();
  EXPECT_THAT(store().query({}).candles(), ElementsAreArray(c.candles));
  EXPECT_EQ(store().coverage({}).items.size(), 1u);
  c.candles = make_candles(100 * kMinute, 1);
  EXPECT_EQ(store().commit(c).inserted, 1u);
  close();
  EXPECT_EQ(under_test().damage(), "");
}

TEST_P(StorageConformance, STO013_TheCatalogueCountsRowsAndRevisions) {
  Commit c;
  c.candles = make_candles(10 * kMinute, 20);
  ASSERT_TRUE(store().commit(c).ok());
  c.candles = make_candles(5 * kMinute, 10, 1);  // five new ones, five that replace
  ASSERT_TRUE(store().commit(c).ok());
  auto list = store().list_series();
  ASSERT_EQ(list.items.size(), 1u);
  EXPECT_EQ(list.items[0].rows, 25u);
  EXPECT_EQ(list.items[0].revisions, 5u);
  EXPECT_EQ(list.items[0].first, 5 * kMinute);
  EXPECT_EQ(list.items[0].last, 29 * kMinute);
}

TEST_P(StorageConformance, STO014_ACommitFarApartInTimeFindsWhatIsStored) {
  Commit c;
  c.candles = make_candles(0, 5000);
  ASSERT_TRUE(store().commit(c).ok());
  Commit ends;
  ends.candles = {c.candles[0], c.candles[4000], make_candle(4000 * kMinute + 1, 5),
                  c.candles[4999]};
  Committed done = store().commit(ends);
  EXPECT_EQ(done.unchanged, 3u);
  EXPECT_EQ(done.inserted, 1u);
}

}  // namespace
}  // namespace tapedeck::conformance
