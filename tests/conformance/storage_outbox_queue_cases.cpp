// STO-160 to STO-175: the outbox from its other end: who takes events out of it, and how they leave.
#include "storage_conformance.hpp"

namespace tapedeck::conformance {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char *kNone = "this storage has no tapedeck.outbox/1";
constexpr std::int64_t kSecond = 1'000'000'000;

OutboxEvent event(std::string sink, std::string type, std::string key, std::string payload) {
  OutboxEvent e;
  e.sink = std::move(sink);
  e.type = std::move(type);
  e.key = std::move(key);
  e.payload = std::move(payload);
  return e;
}

// Puts them in one transaction; returns their ids, in order.
std::vector<std::uint64_t> put(const StorageClient &store, std::vector<OutboxEvent> events) {
  const OutboxClient outbox(store);
  const auto before = outbox.read().items;
  const Committed done = store.commit_batch({.events = std::move(events)});
  EXPECT_TRUE(done.ok()) << done;
  std::vector<std::uint64_t> ids;
  for (const OutboxEntry &e : outbox.read({.after = before.empty() ? 0 : before.back().id}).items)
    ids.push_back(e.id);
  return ids;
}

std::vector<std::uint64_t> put(const StorageClient &store, std::size_t count) {
  std::vector<OutboxEvent> events;
  for (std::size_t i = 0; i < count; ++i)
    events.push_back(event("kafka", "candle", "K", numbered("", i)));
  return put(store, std::move(events));
}

std::vector<std::uint64_t> ids(const Listed<OutboxEntry> &entries) {
  EXPECT_TRUE(entries.ok()) << entries;
  std::vector<std::uint64_t> out;
  for (const OutboxEntry &e : entries.items) out.push_back(e.id);
  return out;
}

std::vector<std::uint64_t> waiting(const OutboxClient &outbox) { return ids(outbox.read()); }
std::vector<std::uint64_t> dead(const OutboxClient &outbox) {
  return ids(outbox.read({.state = TDK_OUTBOX_DEAD}));
}

void bury(const OutboxClient &outbox, const std::vector<std::uint64_t> &ids) {
  std::vector<OutboxOutcome> outcomes;
  for (std::uint64_t id : ids) outcomes.push_back({id, TDK_OUTCOME_DEAD, numbered("no ", id)});
  ASSERT_TRUE(outbox.settle(outcomes).ok());
}

TEST_P(StorageConformance, STO160_ARequestNarrowsWhatIsRead) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  host_.set_now(100 * kSecond);
  auto id = put(store(), {event("kafka", "candle", "A", "0"), event("kafka", "tick", "A", "1"),
                          event("other", "candle", "A", "2"), event("kafka", "candle", "B", "3")});
  host_.set_now(200 * kSecond);
  id.push_back(put(store(), {event("kafka", "candle", "A", "4")}).at(0));
  const auto read = [&](const OutboxQuery &q) { return ids(outbox().read(q)); };
  EXPECT_THAT(read({}), ElementsAreArray(id));
  EXPECT_THAT(read({.sink = "kafka"}), ElementsAre(id[0], id[1], id[3], id[4]));
  EXPECT_THAT(read({.type = "candle"}), ElementsAre(id[0], id[2], id[3], id[4]));
  EXPECT_THAT(read({.key = "A"}), ElementsAre(id[0], id[1], id[2], id[4]));
  EXPECT_THAT(read({.sink = "kafka", .type = "candle", .key = "A"}), ElementsAre(id[0], id[4]));
  EXPECT_THAT(read({.id = id[2]}), ElementsAre(id[2]));
  EXPECT_THAT(read({.sink = "kafka", .id = id[2]}), IsEmpty());
  EXPECT_THAT(read({.after = id[2]}), ElementsAre(id[3], id[4]));
  EXPECT_THAT(read({.sink = "kafka", .after = id[0], .limit = 2}), ElementsAre(id[1], id[3]));
  EXPECT_THAT(read({.created_before = 200 * kSecond}), ElementsAre(id[0], id[1], id[2], id[3]));
  EXPECT_THAT(read({.created_before = 100 * kSecond}), IsEmpty());
  EXPECT_THAT(read({.sink = "nobody"}), IsEmpty());
  EXPECT_THAT(read({.after = UINT64_MAX}), IsEmpty());
}

TEST_P(StorageConformance, STO161_WaitingAndDeadAreAskedForApart) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  const auto id = put(store(), 3);
  bury(outbox(), {id[1]});
  EXPECT_THAT(waiting(outbox()), ElementsAre(id[0], id[2]));
  EXPECT_THAT(dead(outbox()), ElementsAre(id[1]));
  EXPECT_EQ(outbox().read({.state = TDK_OUTBOX_DEAD}).items.at(0).state, TDK_OUTBOX_DEAD);
  for (std::uint32_t state : {0u, 3u}) {
    EXPECT_EQ(outbox().read({.state = state}).status, TDK_INVALID_ARGUMENT);
    EXPECT_EQ(outbox().purge({.state = state}).status, TDK_INVALID_ARGUMENT);
    EXPECT_EQ(outbox().replay({.state = state}).status, TDK_INVALID_ARGUMENT);
  }
  EXPECT_THAT(waiting(outbox()), SizeIs(2));
}

TEST_P(StorageConformance, STO162_WhatWasSentGoes) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  const auto id = put(store(), 4);
  ASSERT_TRUE(outbox().settle({{id[0]}, {id[2]}}).ok());
  EXPECT_THAT(waiting(outbox()), ElementsAre(id[1], id[3]));
  EXPECT_THAT(dead(outbox()), IsEmpty());
}

TEST_P(StorageConformance, STO163_WhatFailedKeepsItsPlaceAndCounts) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  const auto id = put(store(), 3);
  const auto before = outbox().read().items;
  ASSERT_TRUE(outbox().settle({{id[0], TDK_OUTCOME_FAILED, "broker down"}}).ok());
  ASSERT_TRUE(outbox().settle({{id[0], TDK_OUTCOME_FAILED, "still down"}}).ok());
  auto expected = before;
  expected[0].tries = 2;
  expected[0].error = "still down";
  EXPECT_THAT(outbox().read().items, ElementsAreArray(expected));
}

TEST_P(StorageConformance, STO164_WhatIsGivenUpBecomesADeadLetterWithItsReason) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  const auto id = put(store(), 2);
  auto expected = outbox().read({.id = id[1]}).items;
  ASSERT_TRUE(outbox().settle({{id[1], TDK_OUTCOME_FAILED, "broker down"}}).ok());
  ASSERT_TRUE(outbox().settle({{id[1], TDK_OUTCOME_DEAD, "message too large"}}).ok());
  expected[0].state = TDK_OUTBOX_DEAD;
  expected[0].tries = 2;
  expected[0].error = "message too large";
  EXPECT_THAT(outbox().read({.state = TDK_OUTBOX_DEAD}).items, ElementsAreArray(expected));
  EXPECT_THAT(waiting(outbox()), ElementsAre(id[0]));
}

TEST_P(StorageConformance, STO165_AnIdThatNoLongerWaitsIsPassedOver) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  const auto id = put(store(), 4);
  ASSERT_TRUE(outbox().settle({{0, TDK_OUTCOME_SENT}, {0, TDK_OUTCOME_DEAD, "?"}}).ok());
  EXPECT_THAT(waiting(outbox()), ElementsAreArray(id));
  bury(outbox(), {id[0]});
  const std::vector<OutboxOutcome> outcomes = {
      {id[0], TDK_OUTCOME_SENT},           {id[0], TDK_OUTCOME_FAILED, "late"},
      {id[1], TDK_OUTCOME_SENT},           {id[1], TDK_OUTCOME_DEAD, "late"},
      {id[3] + 1000, TDK_OUTCOME_DEAD, "?"}, {0, TDK_OUTCOME_SENT},
      {UINT64_MAX, TDK_OUTCOME_SENT},      {id[2], TDK_OUTCOME_FAILED, "down"}};
  const Outcome done = outbox().settle(outcomes);
  ASSERT_TRUE(done.ok()) << done;
  EXPECT_THAT(waiting(outbox()), ElementsAre(id[2], id[3]));
  auto letters = outbox().read({.state = TDK_OUTBOX_DEAD}).items;
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].tries, 1u);
  EXPECT_EQ(letters[0].error, numbered("no ", id[0]));
}

TEST_P(StorageConformance, STO166_SettlingIsOneTransaction) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  const auto id = put(store(), 3);
  const auto before = outbox().read().items;
  EXPECT_EQ(outbox().settle({{id[0]}, {id[1], TDK_OUTCOME_DEAD, "no"}, {id[2], 99}}).status, TDK_INVALID_ARGUMENT);
  EXPECT_THAT(outbox().read().items, ElementsAreArray(before));
  EXPECT_THAT(dead(outbox()), IsEmpty());
  EXPECT_TRUE(outbox().settle({}).ok());
}

TEST_P(StorageConformance, STO167_ReplayedLettersWaitBehindAllOthers) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  const auto id = put(store(), 4);
  auto expected = outbox().read().items;
  bury(outbox(), {id[2], id[0]});
  const auto later = put(store(), 1);
  Counted replayed = outbox().replay();
  ASSERT_TRUE(replayed.ok()) << replayed;
  EXPECT_EQ(replayed.count, 2u);
  EXPECT_THAT(dead(outbox()), IsEmpty());
  auto all = outbox().read().items;
  ASSERT_EQ(all.size(), 5u);
  EXPECT_EQ(all[2].id, later[0]);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_GT(all[3 + i].id, later[0]);
    expected[2 * i].id = all[3 + i].id;  // all else is as it was, without tries and error
    EXPECT_EQ(all[3 + i], expected[2 * i]);
  }
  EXPECT_EQ(outbox().replay().count, 0u);
}

TEST_P(StorageConformance, STO168_ReplayTakesWhatIsAskedForAndOnlyDeadLetters) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  host_.set_now(100 * kSecond);
  auto id = put(store(), {event("kafka", "candle", "A", "0"), event("kafka", "tick", "A", "1"),
                          event("other", "candle", "B", "2"), event("kafka", "candle", "B", "3")});
  host_.set_now(200 * kSecond);
  id.push_back(put(store(), {event("kafka", "candle", "A", "4")}).at(0));
  EXPECT_EQ(outbox().replay({.state = TDK_OUTBOX_WAITING}).status, TDK_INVALID_ARGUMENT);
  bury(outbox(), id);
  const auto replay = [&](OutboxQuery q) {
    q.state = TDK_OUTBOX_DEAD;
    return outbox().replay(q).count;
  };
  EXPECT_EQ(replay({.sink = "nobody"}), 0u);
  EXPECT_EQ(replay({.id = id[3]}), 1u);
  EXPECT_EQ(replay({.sink = "other", .type = "candle", .key = "B"}), 1u);
  EXPECT_EQ(replay({.after = id[1], .created_before = 200 * kSecond}), 0u);
  EXPECT_EQ(replay({.limit = 2}), 2u);
  EXPECT_THAT(dead(outbox()), ElementsAre(id[4])) << "the first by id";
  std::vector<std::string> order;
  for (const OutboxEntry &e : outbox().read().items) order.push_back(e.payload);
  EXPECT_THAT(order, ElementsAre("3", "2", "0", "1"));
}

TEST_P(StorageConformance, STO169_PurgeRemovesWhatIsAskedFor) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  host_.set_now(100 * kSecond);
  auto id = put(store(), {event("kafka", "candle", "A", "0"), event("kafka", "tick", "A", "1"),
                          event("other", "candle", "B", "2"), event("kafka", "candle", "B", "3")});
  host_.set_now(200 * kSecond);
  for (std::uint64_t more : put(store(), 4)) id.push_back(more);
  bury(outbox(), {id[0], id[1], id[7]});
  EXPECT_EQ(outbox().purge({.key = "none"}).count, 0u);
  EXPECT_EQ(outbox().purge({.created_before = 200 * kSecond, .limit = 1}).count, 2u) << "no limit";
  EXPECT_THAT(waiting(outbox()), ElementsAre(id[4], id[5], id[6]));
  EXPECT_EQ(outbox().purge({.id = id[5]}).count, 1u);
  EXPECT_EQ(outbox().purge({.sink = "kafka", .after = id[4]}).count, 1u);
  EXPECT_THAT(waiting(outbox()), ElementsAre(id[4]));
  EXPECT_EQ(outbox().purge({.state = TDK_OUTBOX_DEAD, .type = "tick"}).count, 1u);
  EXPECT_THAT(dead(outbox()), ElementsAre(id[0], id[7]));
  EXPECT_EQ(outbox().purge({.state = TDK_OUTBOX_DEAD}).count, 2u);
  EXPECT_THAT(dead(outbox()), IsEmpty());
  EXPECT_THAT(waiting(outbox()), ElementsAre(id[4]));
}

TEST_P(StorageConformance, STO170_TheSinksAreCountedByName) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  EXPECT_THAT(outbox().stat().items, IsEmpty());
  host_.set_now(100 * kSecond);
  const auto first = put(store(), {event("zebra", "candle", "A", "0"), event("kafka", "tick", "A", "1")});
  host_.set_now(200 * kSecond);
  const auto second = put(store(), {event("kafka", "candle", "A", "2"), event("only dead", "candle", "B", "3"),
                                    event("kafka", "candle", "A", "4")});
  bury(outbox(), {second[1], first[1]});
  EXPECT_THAT(outbox().stat().items, ElementsAre(OutboxStat{"kafka", 2, 1, 200 * kSecond},
                                                 OutboxStat{"only dead", 0, 1, TDK_NULL_I64},
                                                 OutboxStat{"zebra", 1, 0, 100 * kSecond}));
  ASSERT_TRUE(outbox().settle({{first[0]}}).ok());
  EXPECT_EQ(outbox().stat().items.size(), 2u) << "a sink of which nothing is left is not told of";
}

TEST_P(StorageConformance, STO171_OneOwnerAtATimeHoldsTheClaimOfASink) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  const auto other = second_writer();
  const OutboxClient theirs(*other);
  ASSERT_TRUE(outbox().claim("kafka", "host-a", 0, 30 * kSecond).ok());
  const Outcome refused = theirs.claim("kafka", "host-b", kSecond, 40 * kSecond);
  EXPECT_EQ(refused.status, TDK_BUSY);
  EXPECT_THAT(refused.message, HasSubstr("host-a"));
  EXPECT_TRUE(theirs.claim("other", "host-b", kSecond, 40 * kSecond).ok()) << "each sink has its own";
  EXPECT_EQ(outbox().claim("other", "host-a", kSecond, 40 * kSecond).status, TDK_BUSY);
  ASSERT_TRUE(outbox().claim("kafka", "host-a", 20 * kSecond, 60 * kSecond).ok()) << "prolonged";
  EXPECT_EQ(theirs.claim("kafka", "host-b", 60 * kSecond - 1, 90 * kSecond).status, TDK_BUSY);
  EXPECT_TRUE(theirs.claim("kafka", "host-b", 60 * kSecond, 90 * kSecond).ok()) << "it has run out";
  EXPECT_EQ(outbox().claim("kafka", "host-a", 61 * kSecond, 90 * kSecond).status, TDK_BUSY);
}

TEST_P(StorageConformance, STO172_AClaimIsGivenUpByItsOwnerOnly) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  ASSERT_TRUE(outbox().claim("kafka", "host-a", 0, 30 * kSecond).ok());
  EXPECT_EQ(outbox().claim("kafka", "host-b", kSecond, 0).status, TDK_BUSY);
  EXPECT_EQ(outbox().claim("kafka", "host-b", kSecond, 9 * kSecond).status, TDK_BUSY) << "still held";
  ASSERT_TRUE(outbox().claim("kafka", "host-a", kSecond, kSecond).ok());
  EXPECT_TRUE(outbox().claim("kafka", "host-b", kSecond, 9 * kSecond).ok());
  EXPECT_TRUE(outbox().claim("nobody's", "host-b", kSecond, 0).ok()) << "nothing to give up";
  close();
  EXPECT_EQ(outbox().claim("kafka", "host-a", 2 * kSecond, 9 * kSecond).status, TDK_BUSY) << "after reopening";
  EXPECT_EQ(outbox().claim("", "host-a", 0, kSecond).status, TDK_INVALID_ARGUMENT);
  EXPECT_EQ(outbox().claim("free", "", 0, kSecond).status, TDK_INVALID_ARGUMENT);
}

TEST_P(StorageConformance, STO173_TwoInstancesSeeWhatTheOtherDid) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  const auto other = second_writer();
  const OutboxClient theirs(*other);
  const auto id = put(store(), 3);
  EXPECT_THAT(waiting(theirs), ElementsAreArray(id));
  ASSERT_TRUE(theirs.settle({{id[0]}, {id[1], TDK_OUTCOME_DEAD, "no"}}).ok());
  EXPECT_THAT(waiting(outbox()), ElementsAre(id[2]));
  EXPECT_THAT(dead(outbox()), ElementsAre(id[1]));
  const auto more = put(*other, 1);
  EXPECT_GT(more.at(0), id[2]);
  EXPECT_EQ(outbox().replay().count, 1u);
  EXPECT_EQ(theirs.stat().items.at(0).waiting, 3u);
  EXPECT_EQ(theirs.read().items.at(1).id, more[0]);
}

TEST_P(StorageConformance, STO174_ReadingTheOutboxCanBeCalledOff) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  put(store(), 20'000);
  CancelAfter cancel(2);
  EXPECT_EQ(outbox().read({.cancel = cancel.raw()}).status, TDK_CANCELLED);
  EXPECT_THAT(outbox().read({.limit = 5}).items, SizeIs(5)) << "and the instance goes on";
}

// Errors are cut where their room ends, be it in the middle of a character.
TEST_P(StorageConformance, STO175_AnErrorInBrokenTextIsKeptReadable) {
  if (!keeps_outbox()) GTEST_SKIP() << kNone;
  const auto id = put(store(), 2);
  const Outcome done = outbox().settle({{id[0], TDK_OUTCOME_FAILED, "caf\xc3"}, {id[1], TDK_OUTCOME_DEAD, "caf\xc3"}});
  ASSERT_TRUE(done.ok()) << done;
  EXPECT_EQ(outbox().read().items.at(0).error, "caf?");
  EXPECT_EQ(outbox().read({.state = TDK_OUTBOX_DEAD}).items.at(0).error, "caf?");
}

}  // namespace
}  // namespace tapedeck::conformance
