// STO-140 to STO-153: which events a commit puts into the outbox, and what becomes of them there.
#include "storage_conformance.hpp"

namespace tapedeck::conformance {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

constexpr const char *kNone = "this storage has no tapedeck.outbox/1";

OutboxEvent about_candle(std::uint64_t commit, std::uint64_t row, std::string payload) {
  OutboxEvent e;
  e.about = TDK_ABOUT_CANDLE;
  e.commit = commit;
  e.row = row;
  e.payload = std::move(payload);
  return e;
}

OutboxEvent about_tick(std::uint64_t row, std::string payload) {
  OutboxEvent e = about_candle(0, row, std::move(payload));
  e.about = TDK_ABOUT_QUOTE;
  e.type = "tick";
  e.key = "BTC/USDT";
  return e;
}

OutboxEvent about_nothing(std::string payload) {
  OutboxEvent e = about_candle(0, 0, std::move(payload));
  e.about = TDK_ABOUT_NOTHING;
  return e;
}

Commit rows(std::vector<Candle> candles, std::uint32_t rank = 0) {
  Commit c;
  c.rank = rank;
  c.source = numbered("rank", rank);
  c.candles = std::move(candles);
  return c;
}

std::vector<std::string> payloads(const OutboxClient &outbox, const OutboxQuery &query = {}) {
  std::vector<std::string> out;
  for (const OutboxEntry &e : outbox.read(query).items) out.push_back(e.payload);
  return out;
}

TEST_P(StorageConformance, STO140_EveryFieldOfAnEventComesBack) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  host_.set_now(1'700'000'000'000'000'123);
  OutboxEvent e = about_candle(0, 1, R"({"symbol":"BTC/USDT"})");
  e.sink = "events";
  e.type = "finding";
  e.key = "BTC/USDT 1m";
  e.time = -1;
  ASSERT_TRUE(store().commit_batch({.commits = {rows(make_candles(0, 2))}, .events = {e}}).ok());
  auto kept = outbox().read();
  ASSERT_EQ(kept.items.size(), 1u) << kept;
  EXPECT_GT(kept.items[0].id, 0u);
  OutboxEntry expected{kept.items[0].id, TDK_OUTBOX_WAITING, "events", "finding", "BTC/USDT 1m", -1,
                       e.payload, 1'700'000'000'000'000'123, 0, ""};
  EXPECT_EQ(kept.items[0], expected);
}

TEST_P(StorageConformance, STO141_AnEventIsKeptWithARowThatIsStoredAndWithNoOther) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  ASSERT_TRUE(store().commit(rows({make_candle(1, 10), make_candle(2, 20)}, 1)).ok());
  ASSERT_TRUE(store().commit(rows({make_candle(3, 30)}, 0)).ok());
  Commit mixed = rows({make_candle(1, 11), make_candle(2, 20), make_candle(3, 31), make_candle(4, 40)}, 1);
  BatchCommit b{.commits = {mixed}};
  b.events = {about_candle(0, 3, "inserted"), about_candle(0, 2, "outranked"),
              about_candle(0, 1, "unchanged"), about_candle(0, 0, "updated")};
  const Committed done = store().commit_batch(b);
  ASSERT_TRUE(done.ok()) << done;
  EXPECT_EQ(done.inserted + done.updated, 2u);
  EXPECT_THAT(payloads(outbox()), ElementsAre("inserted", "updated")) << "in the order they were given";
}

TEST_P(StorageConformance, STO142_AnEqualValueOfABetterRankTellsNothingNew) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  ASSERT_TRUE(store().commit(rows({make_candle(1, 10)}, 2)).ok());
  BatchCommit b{.commits = {rows({make_candle(1, 10)}, 0)}, .events = {about_candle(0, 0, "equal")}};
  EXPECT_EQ(store().commit_batch(b).unchanged, 1u);
  EXPECT_THAT(outbox().read().items, IsEmpty());
}

TEST_P(StorageConformance, STO143_EachCommitOfABatchAnswersForItsOwnRows) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  const Commit once = rows(make_candles(0, 2)), nothing = rows({});
  BatchCommit b{.commits = {nothing, once, once}};
  for (std::uint64_t commit : {1u, 2u})
    for (std::uint64_t row : {0u, 1u})
      b.events.push_back(about_candle(commit, row, numbered(numbered("", commit) + "-", row)));
  ASSERT_TRUE(store().commit_batch(b).ok());
  EXPECT_THAT(payloads(outbox()), ElementsAre("1-0", "1-1")) << "the second time nothing was stored";
}

TEST_P(StorageConformance, STO144_AFormingCandleTellsOfEachOfItsValues) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  std::vector<std::string> expected;
  for (std::int64_t price = 1; price <= 3; ++price) {
    expected.push_back(numbered("forming ", price));
    BatchCommit b{.commits = {rows({make_candle(1, price, TDK_CANDLE_FORMING)})},
                  .events = {about_candle(0, 0, expected.back())}};
    ASSERT_TRUE(store().commit_batch(b).ok());
  }
  EXPECT_THAT(payloads(outbox()), ElementsAreArray(expected));
}

TEST_P(StorageConformance, STO145_AnEventAboutNothingIsAlwaysKept) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  BatchCommit b{.events = {about_nothing("alone")}};
  ASSERT_TRUE(store().commit_batch(b).ok());
  ASSERT_TRUE(store().commit(rows({make_candle(1, 10)})).ok());
  b = {.commits = {rows({make_candle(1, 10)})}, .events = {about_nothing("beside")}};
  ASSERT_EQ(store().commit_batch(b).unchanged, 1u);
  EXPECT_THAT(payloads(outbox()), ElementsAre("alone", "beside"));
}

TEST_P(StorageConformance, STO146_AnEventOfATickIsKeptWhenTheTickIsNew) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  const Tick one{.time = 10, .sequence = 1}, two{.time = 20, .sequence = 2}, three{.time = 5, .sequence = 3};
  Tick trade = one, other_symbol = one;
  trade.flags = TDK_QUOTE_TRADE;
  other_symbol.symbol = "ETH/USDT";
  ASSERT_TRUE(store().commit_batch({.ticks = {one}}).ok());
  BatchCommit b{.ticks = {two, trade, one, three, other_symbol, two}};
  for (std::uint64_t i = 0; i < b.ticks.size(); ++i) b.events.push_back(about_tick(i, numbered("", i)));
  b.events.push_back(about_tick(0, "again"));
  ASSERT_TRUE(store().commit_batch(b).ok());
  EXPECT_THAT(payloads(outbox()), ElementsAre("0", "1", "3", "4", "again"));
  b.source = "beta";
  b.events = {about_tick(2, "of beta")};
  ASSERT_TRUE(store().commit_batch(b).ok());
  EXPECT_THAT(payloads(outbox(), {.after = outbox().read().items.at(4).id}), ElementsAre("of beta"));
}

TEST_P(StorageConformance, STO147_OfACommitThatIsRefusedNoEventStays) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  Commit bad = rows(make_candles(0, 3));
  bad.series.symbol = "ETH/USDT";
  std::swap(bad.candles[1], bad.candles[2]);
  Commit overlapping = rows({});
  overlapping.coverage = {covered(0, 3), covered(2, 5)};
  Tick without_sequence;
  without_sequence.sequence = TDK_NULL_I64;
  const std::vector<OutboxEvent> events = {about_nothing("n"), about_candle(0, 0, "c")};
  const BatchCommit refused[] = {{.commits = {rows(make_candles(0, 1)), bad}, .events = events},
                                 {.commits = {rows(make_candles(0, 1)), overlapping}, .events = events},
                                 {.commits = {rows(make_candles(0, 1))},
                                  .ticks = {without_sequence},
                                  .events = events}};
  for (const BatchCommit &b : refused) {
    EXPECT_EQ(store().commit_batch(b).status, TDK_INVALID_ARGUMENT);
    EXPECT_THAT(outbox().read().items, IsEmpty());
  }
}

// What of an event must not be stored.
std::vector<OutboxEvent> bad_events() {
  std::vector<OutboxEvent> out(10, about_candle(0, 0, "bad"));
  out[0].sink = "";
  out[1].type = "";
  out[2].key = "";
  out[3].row = 2;
  out[4].commit = 1;
  out[5].about = TDK_ABOUT_QUOTE;
  out[6].about = 99;
  out[7].payload = "\xc3(";
  out[8].key = std::string("a\0b", 3);
  out[9].key = std::string(1024, 'k');
  return out;
}

TEST_P(StorageConformance, STO148_OneBadEventStoresNothingOfTheBatch) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  int n = 0;
  for (const OutboxEvent &bad : bad_events()) {
    SCOPED_TRACE(n++);
    BatchCommit b{.commits = {rows(make_candles(0, 2))}, .events = {about_nothing("good"), bad}};
    const Committed done = store().commit_batch(b);
    EXPECT_EQ(done.status, TDK_INVALID_ARGUMENT) << done;
    EXPECT_EQ(store().query({}).status, TDK_NOT_FOUND);
    EXPECT_THAT(outbox().read().items, IsEmpty());
  }
}

TEST_P(StorageConformance, STO149_AnyTextComesBackAsItWas) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  const std::vector<std::string> texts = {"'; DROP TABLE outbox; --", "a\"b", "a''b", "%_\\", "\\x00 \\n", "$1", "?1",
                                          "\xc3\xa9\xe4\xba\xac\xf0\x9f\x93\x88", "tab\tline\nend\r", " ", "a,b;c"};
  BatchCommit b;
  for (const std::string &text : texts) {
    b.events.push_back(about_nothing(text));
    b.events.back().sink = b.events.back().type = b.events.back().key = text;
  }
  ASSERT_TRUE(store().commit_batch(b).ok());
  EXPECT_EQ(outbox().read().items.size(), texts.size());
  for (const std::string &text : texts) {
    auto found = outbox().read({.sink = text, .type = text, .key = text}).items;
    ASSERT_EQ(found.size(), 1u) << text;
    EXPECT_EQ(found[0].payload, text);
    ASSERT_TRUE(outbox().settle({{found[0].id, TDK_OUTCOME_FAILED, text}}).ok());
    EXPECT_EQ(outbox().read({.id = found[0].id}).items.at(0).error, text);
  }
}

TEST_P(StorageConformance, STO150_APayloadOfAMegabyteComesBack) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  std::string large;
  while (large.size() < (1u << 20)) large += numbered("\"\xc3\xa9\xe4\xba\xac'", large.size());
  BatchCommit b{.events = {about_nothing(large), about_nothing("small")}};
  ASSERT_TRUE(store().commit_batch(b).ok());
  auto kept = payloads(outbox());
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_TRUE(kept[0] == large);
  EXPECT_EQ(kept[1], "small");
}

TEST_P(StorageConformance, STO151_TheIdsOfAKeyAscendOverManyCommits) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  std::uint64_t last = 0;
  for (std::int64_t n = 0; n < 40; ++n) {
    if (n == 20) close();
    BatchCommit b{.commits = {rows({make_candle(n, n + 1)})},
                  .events = {about_candle(0, 0, numbered("a", n)), about_nothing(numbered("b", n))}};
    ASSERT_TRUE(store().commit_batch(b).ok());
    auto fresh = outbox().read({.after = last}).items;
    ASSERT_EQ(fresh.size(), 2u) << n;
    EXPECT_EQ(fresh[0].payload, numbered("a", n));
    EXPECT_EQ(fresh[1].payload, numbered("b", n));
    last = fresh[1].id;
    // What has gone does not come again under its number, not even after the store was empty.
    ASSERT_TRUE(outbox().settle({{fresh[0].id}, {fresh[1].id}}).ok());
  }
}

TEST_P(StorageConformance, STO152_TenThousandEventsInOneCommit) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  BatchCommit b{.commits = {rows(make_candles(0, 10'000))}};
  for (std::uint64_t i = 0; i < 10'000; ++i) b.events.push_back(about_candle(0, i, numbered("", i)));
  ASSERT_TRUE(store().commit_batch(b).ok());
  auto all = outbox().read().items;
  ASSERT_EQ(all.size(), 10'000u);
  for (std::size_t i = 0; i < all.size(); ++i) {
    ASSERT_EQ(all[i].payload, numbered("", i));
    ASSERT_TRUE(i == 0 || all[i].id > all[i - 1].id);
  }
  EXPECT_EQ(outbox().stat().items.at(0).waiting, 10'000u);
}

TEST_P(StorageConformance, STO153_EventsAreThereAfterReopeningAndForOthers) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  auto other = reader();
  BatchCommit b{.commits = {rows(make_candles(0, 2))},
                .events = {about_candle(0, 0, "a"), about_candle(0, 1, "b"), about_nothing("c")}};
  ASSERT_TRUE(store().commit_batch(b).ok());
  const auto ids = outbox().read().items;
  const std::vector<OutboxOutcome> outcomes = {{ids.at(0).id, TDK_OUTCOME_DEAD, "too large"},
                                               {ids.at(1).id, TDK_OUTCOME_FAILED, "down"}};
  ASSERT_TRUE(outbox().settle(outcomes).ok());
  const auto waiting = outbox().read().items, dead = outbox().read({.state = TDK_OUTBOX_DEAD}).items;
  EXPECT_THAT(OutboxClient(*other).read().items, ElementsAreArray(waiting));
  close();
  EXPECT_THAT(outbox().read().items, ElementsAreArray(waiting));
  EXPECT_THAT(outbox().read({.state = TDK_OUTBOX_DEAD}).items, ElementsAreArray(dead));
  close();
  EXPECT_EQ(under_test().damage(), "");
}

}  // namespace
}  // namespace tapedeck::conformance
