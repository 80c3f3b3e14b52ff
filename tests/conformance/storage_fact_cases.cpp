// STO-120 to STO-129: what a storage keeps of symbols and of the economic calendar.
#include "storage_conformance.hpp"

namespace tapedeck::conformance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char *kNone = "this storage keeps no symbols and events";

Symbol named(const std::string &symbol, const std::string &name) {
  Symbol s;
  s.symbol = symbol;
  s.name = name;
  return s;
}

Event at(std::int64_t time, const std::string &id, const std::string &title = "CPI") {
  Event e;
  e.time = time;
  e.id = id;
  e.title = title;
  return e;
}

// As it comes back.
template <class T>
T kept(T fact, const std::string &source = "alpha", std::int64_t fetched_at = 1) {
  fact.source = source;
  fact.fetched_at = fetched_at;
  return fact;
}

TEST_P(StorageConformance, STO120_EveryFieldOfASymbolComesBack) {
  if (!keeps_facts()) GTEST_SKIP() << kNone;
  Symbol all{.symbol = "BRK.B", .asset_class = TDK_ASSET_ETF, .name = "Bérkshire \"B\"", .exchange = "NYSE"};
  all.currency = "USD";
  all.country = "US";
  all.isin = "US0846707026";
  all.vendor_symbol = "BRK-B";
  all.price_exp = -18;
  all.earliest = -5;
  all.status = TDK_SYMBOL_DELISTED;
  const Symbol nothing = named("X", "");
  ASSERT_TRUE(store().store({nothing, all}, "alpha", 7).ok());
  EXPECT_THAT(store().symbols().items, ElementsAre(kept(all, "alpha", 7), kept(nothing, "alpha", 7)));
}

TEST_P(StorageConformance, STO121_EveryFieldOfAnEventComesBack) {
  if (!keeps_facts()) GTEST_SKIP() << kNone;
  Event all = at(-1, "e1", "Non-farm payrolls €");
  all.importance = 3;
  all.actual = Decimal{INT64_MAX, -18};
  all.forecast = Decimal{-INT64_MAX, 18};
  all.previous = Decimal{0, 0};
  const Event unknown = at(0, "e2");
  ASSERT_TRUE(store().store({unknown, all}).ok());
  EXPECT_THAT(store().events().items, ElementsAre(kept(all), kept(unknown)));
}

TEST_P(StorageConformance, STO122_TheLaterFetchedReplaces) {
  if (!keeps_facts()) GTEST_SKIP() << kNone;
  Event forecast = at(10, "e"), published = at(20, "e");  // put off, and told by its id
  published.actual = Decimal{31, -1};
  ASSERT_TRUE(store().store({forecast}, "alpha", 5).ok());
  ASSERT_TRUE(store().store({published}, "alpha", 6).ok());
  ASSERT_TRUE(store().store({forecast}, "alpha", 4).ok());
  EXPECT_THAT(store().events().items, ElementsAre(kept(published, "alpha", 6)));
  ASSERT_TRUE(store().store({named("A", "old")}, "alpha", 5).ok());
  ASSERT_TRUE(store().store({named("A", "new")}, "alpha", 5).ok());
  ASSERT_TRUE(store().store({named("A", "older")}, "alpha", 4).ok());
  EXPECT_THAT(store().symbols().items, ElementsAre(kept(named("A", "new"), "alpha", 5)));
}

TEST_P(StorageConformance, STO123_SourcesSpeakForThemselves) {
  if (!keeps_facts()) GTEST_SKIP() << kNone;
  for (const char *source : {"beta", "alpha"}) {
    ASSERT_TRUE(store().store({named("A", source)}, source).ok());
    ASSERT_TRUE(store().store({at(1, "e", source)}, source).ok());
  }
  EXPECT_THAT(store().symbols().items,
              ElementsAre(kept(named("A", "alpha")), kept(named("A", "beta"), "beta")));
  EXPECT_THAT(store().symbols("", "beta").items, ElementsAre(kept(named("A", "beta"), "beta")));
  EXPECT_THAT(store().events({.source = "beta"}).items, ElementsAre(kept(at(1, "e", "beta"), "beta")));
  EXPECT_EQ(store().events().items.size(), 2u);
}

TEST_P(StorageConformance, STO124_WithoutAnIdTimeCountryAndTitleTellEventsApart) {
  if (!keeps_facts()) GTEST_SKIP() << kNone;
  Event later = at(2, "", "CPI"), other = at(1, "", "PPI"), abroad = at(1, "", "CPI");
  abroad.country = "DE";
  Event corrected = at(1, "", "CPI");
  corrected.actual = Decimal{1, 0};
  ASSERT_TRUE(store().store({at(1, ""), later, other, abroad}, "alpha", 1).ok());
  ASSERT_TRUE(store().store({corrected}, "alpha", 2).ok());
  EXPECT_THAT(store().events().items,
              ElementsAre(kept(abroad), kept(corrected, "alpha", 2), kept(other), kept(later)));
}

TEST_P(StorageConformance, STO125_RangeCountryAndLimitCutTheAnswer) {
  if (!keeps_facts()) GTEST_SKIP() << kNone;
  Event abroad = at(15, "de");
  abroad.country = "DE";
  ASSERT_TRUE(store().store({at(10, "a"), abroad, at(20, "b")}).ok());
  EXPECT_THAT(store().events({.from = 10, .to = 20}).items, ElementsAre(kept(at(10, "a")), kept(abroad)));
  EXPECT_THAT(store().events({.from = 11, .country = "US"}).items, ElementsAre(kept(at(20, "b"))));
  EXPECT_THAT(store().events({.from = 21}).items, IsEmpty());
  ASSERT_TRUE(store().store({named("A", ""), named("B", ""), named("C", "")}).ok());
  EXPECT_THAT(store().symbols("", "", 2).items, ElementsAre(kept(named("A", "")), kept(named("B", ""))));
  EXPECT_THAT(store().symbols("C").items, ElementsAre(kept(named("C", ""))));
  EXPECT_THAT(store().symbols("D").items, IsEmpty());
}

TEST_P(StorageConformance, STO126_OneBadRowStoresNothing) {
  if (!keeps_facts()) GTEST_SKIP() << kNone;
  Symbol wild = named("W", "");
  wild.price_exp = 19;
  for (const Symbol &bad : {named("", "no symbol"), wild})
    EXPECT_EQ(store().store({named("A", ""), bad}).status, TDK_INVALID_ARGUMENT) << bad;
  Event coarse = at(1, "x");
  coarse.forecast = Decimal{1, -19};
  for (const Event &bad : {at(1, "x", ""), coarse})
    EXPECT_EQ(store().store({at(1, "a"), bad}).status, TDK_INVALID_ARGUMENT) << bad;
  EXPECT_EQ(store().store({named("A", "")}, "").status, TDK_INVALID_ARGUMENT) << "no source";
  EXPECT_THAT(store().symbols().items, IsEmpty());
  EXPECT_THAT(store().events().items, IsEmpty());
}

TEST_P(StorageConformance, STO127_NothingAtAllIsFine) {
  if (!keeps_facts()) GTEST_SKIP() << kNone;
  EXPECT_TRUE(store().store(std::vector<Event>{}).ok());
  EXPECT_TRUE(store().store(std::vector<Symbol>{}).ok());
  EXPECT_TRUE(store().events().ok());
  EXPECT_TRUE(store().symbols().ok());
}

TEST_P(StorageConformance, STO128_FactsAreThereAfterReopeningAndForReaders) {
  if (!keeps_facts()) GTEST_SKIP() << kNone;
  ASSERT_TRUE(store().store({named("A", "a")}).ok());
  ASSERT_TRUE(store().store({at(1, "e")}).ok());
  EXPECT_EQ(reader()->symbols().items.size(), 1u);
  EXPECT_EQ(reader()->events().items.size(), 1u);
  close();
  EXPECT_THAT(store().symbols().items, ElementsAre(kept(named("A", "a"))));
  EXPECT_THAT(store().events().items, ElementsAre(kept(at(1, "e"))));
  close();
  EXPECT_EQ(under_test().damage(), "");
}

TEST_P(StorageConformance, STO129_ReadingEventsCanBeCalledOff) {
  if (!keeps_facts()) GTEST_SKIP() << kNone;
  std::vector<Event> many;
  for (std::int64_t i = 0; i < 5000; ++i) many.push_back(at(i, numbered("e", i)));
  ASSERT_TRUE(store().store(many).ok());
  CancelAfter cancel(2);
  EXPECT_EQ(store().events({.cancel = cancel.raw()}).status, TDK_CANCELLED);
}

}  // namespace
}  // namespace tapedeck::conformance
