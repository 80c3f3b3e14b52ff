#include "publish/drainer.hpp"

#include <gmock/gmock.h>

#include <atomic>

#include "publish/testing/drain_bench.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace {

class DrainerTest : public DrainBench {
 protected:
  std::vector<std::string> of(const std::string &key) const {
    const auto all = broker->first_arrivals();
    const auto it = all.find(key);
    return it == all.end() ? std::vector<std::string>() : it->second;
  }
};

TEST_F(DrainerTest, WhatWaitsIsPublishedInOrderAndGone) {
  settings.batch = 3;
  put(7);
  const auto d = drainer();
  EXPECT_TRUE(d->finish(60 * kSecond, nullptr));
  EXPECT_THAT(of("k"), ElementsAre("1", "2", "3", "4", "5", "6", "7"));
  EXPECT_THAT(outbox->all(OutboxState::Waiting), IsEmpty());
  EXPECT_EQ(d->state().published, 7u);
  EXPECT_EQ(broker->arrivals(), 7u) << "nothing is sent twice without need";
}

TEST_F(DrainerTest, WhatIsPutWhileItRunsIsPublished) {
  settings.look_after = kHour;  // only a poke tells it
  const auto d = drainer();
  EXPECT_TRUE(d->finish(60 * kSecond, nullptr));
  put(2);
  d->poke();
  EXPECT_TRUE(drained());
}

TEST_F(DrainerTest, WhatAnotherProcessPutsIsFoundWithoutAPoke) {
  const auto d = drainer();
  put(2);
  EXPECT_TRUE(drained());
}

TEST_F(DrainerTest, OfOtherSinksNothingIsTouched) {
  outbox->put("archive", "k", "x");
  put(1);
  const auto d = drainer();
  EXPECT_TRUE(d->finish(60 * kSecond, nullptr));
  EXPECT_EQ(outbox->all(OutboxState::Waiting).size(), 1u);
  EXPECT_EQ(broker->arrived(), 1u);
}

TEST_F(DrainerTest, WhatWillNeverBeTakenIsADeadLetterAndTheRestGoesOn) {
  broker->judge = [](const OutboxEntry &e) { return e.payload == "2" ? TDK_BAD_DATA : TDK_OK; };
  put(3);
  const auto d = drainer();
  EXPECT_TRUE(d->finish(60 * kSecond, nullptr));
  EXPECT_THAT(of("k"), ElementsAre("1", "3"));
  const auto dead = outbox->all(OutboxState::Dead);
  ASSERT_EQ(dead.size(), 1u);
  EXPECT_EQ(dead[0].payload, "2");
  EXPECT_EQ(dead[0].error, "judged");
  EXPECT_EQ(dead[0].tries, 1u);
  EXPECT_EQ(d->state().dead, 1u);
}

TEST_F(DrainerTest, AnEventThatFailsForNowHoldsUpItsKeyOnly) {
  std::atomic<bool> sick{true};
  broker->judge = [&](const OutboxEntry &e) { return sick && e.key == "sick" && e.payload == "2" ? TDK_UNAVAILABLE : TDK_OK; };
  settings.batch = 4;
  put(6, "sick");
  put(6, "well");
  const auto d = drainer();
  EXPECT_TRUE(eventually([&] { return of("well").size() == 6 && !d->state().trouble.empty(); }));
  EXPECT_THAT(of("sick"), ElementsAre("1"));
  EXPECT_THAT(d->state().trouble, HasSubstr("candle of sick: judged"));
  sick = false;
  EXPECT_TRUE(drained());
  EXPECT_THAT(of("sick"), ElementsAre("1", "2", "3", "4", "5", "6"));
  EXPECT_TRUE(eventually([&] { return d->state().trouble.empty(); }));
}

TEST_F(DrainerTest, ASinkThatIsAwayIsTriedUntilItIsBackAndNothingIsLost) {
  std::atomic<int> tries{0};
  broker->on_publish = [&](std::span<const OutboxEntry>, const tdk_cancel *) {
    if (++tries <= 5) throw Error(TDK_UNAVAILABLE, "bus: publish: no broker");
  };
  put(20);
  const auto d = drainer();
  EXPECT_TRUE(drained());
  EXPECT_EQ(of("k").size(), 20u);
  EXPECT_TRUE(eventually([&] { return d->state().trouble.empty(); }));
  EXPECT_GE(d->state().failed, 5u);
}

TEST_F(DrainerTest, OneEventThatTheSinkCannotBearIsFoundAndThoseBeforeItPass) {
  std::atomic<bool> broken{true};
  broker->on_publish = [&](std::span<const OutboxEntry> events, const tdk_cancel *) {
    for (const auto &e : events)
      if (broken && e.payload == "6") throw std::runtime_error("crashed");
  };
  put(8);
  const auto d = drainer();
  EXPECT_TRUE(eventually([&] { return of("k").size() == 5; }));
  EXPECT_TRUE(eventually([&] { return outbox->all(OutboxState::Waiting).front().tries > 2; }));
  EXPECT_THAT(outbox->all(OutboxState::Waiting).front().error, HasSubstr("crashed"));
  EXPECT_THAT(outbox->all(OutboxState::Dead), IsEmpty()) << "that it crashes is not the event's word";
  broken = false;
  EXPECT_TRUE(drained());
  EXPECT_EQ(of("k").size(), 8u);
  EXPECT_GT(sinks_opened, 1) << "after a crash a new one is wanted";
}

TEST_F(DrainerTest, WhatWasAcknowledgedIsNotSentAgainBecauseTheStoreIsBusy) {
  std::atomic<int> settles{0};
  outbox->on_call = [&](const char *function) {
    if (std::string_view(function) == "settle" && ++settles <= 3) throw Error(TDK_BUSY, "locked");
  };
  put(5);
  const auto d = drainer();
  EXPECT_TRUE(drained());
  EXPECT_EQ(broker->arrivals(), 5u);
}

// Two transactions take their ids in one order and end in the other: so it is on a server.
TEST_F(DrainerTest, WhatComesToLightBehindALaterIdOfAnotherKeyStillComesFirstOfItsOwn) {
  settings.batch = 2;
  for (std::uint64_t id : {11u, 12u, 13u}) outbox->put_late(id, "bus", "other", std::to_string(id));
  std::atomic<bool> late{false};
  outbox->on_call = [&](const char *function) {
    if (std::string_view(function) != "settle" || late.exchange(true)) return;
    outbox->put_late(5, "bus", "k", "first");
    outbox->put_late(14, "bus", "k", "second");
  };
  const auto d = drainer();
  EXPECT_TRUE(eventually([&] { return of("k").size() == 2; }));
  EXPECT_THAT(of("k"), ElementsAre("first", "second"));
}

TEST_F(DrainerTest, ThatNobodyCanCountWhatWaitsKeepsNothingBack) {
  outbox->on_call = [](const char *function) {
    if (std::string_view(function) == "stat") throw Error(TDK_TIMEOUT, "too much");
  };
  put(3);
  const auto d = drainer();
  EXPECT_TRUE(drained());
  EXPECT_EQ(d->state().trouble, "");
}

TEST_F(DrainerTest, OnlyOneOfTwoPublishes) {
  outbox->claim("bus", "other", system_clock().now_ns(), system_clock().now_ns() + kHour);
  put(2);
  const auto d = drainer();
  EXPECT_TRUE(d->finish(60 * kSecond, nullptr)) << "what another publishes is not waited for";
  EXPECT_TRUE(d->state().elsewhere);
  EXPECT_EQ(broker->arrivals(), 0u);
  outbox->claim("bus", "other", 1, 0);
  EXPECT_TRUE(drained());
  EXPECT_TRUE(eventually([&] { return !d->state().elsewhere; }));
}

TEST_F(DrainerTest, WhoStopsLetsTheNextOneIn) {
  put(1);
  {
    const auto d = drainer();
    EXPECT_TRUE(drained());
  }
  put(1);
  const auto next = drainer("next");
  EXPECT_TRUE(drained());
}

TEST_F(DrainerTest, AStopFinishesWhatCanBeFinished) {
  put(500);
  settings.batch = 10;
  const auto d = drainer();
  d->stop(60 * kSecond);
  EXPECT_EQ(of("k").size(), 500u);
}

TEST_F(DrainerTest, AStopCallsOffASinkThatHangs) {
  std::atomic<bool> inside{false};
  broker->on_publish = [&](std::span<const OutboxEntry>, const tdk_cancel *cancel) {
    inside = true;
    while (status_of(cancel) == TDK_OK) system_clock().sleep_ns(1'000'000, nullptr);
    throw Error(TDK_CANCELLED, "called off");
  };
  put(3);
  const auto d = drainer();
  EXPECT_TRUE(eventually([&] { return inside.load(); }));
  d->stop(1'000'000);
  const auto waiting = outbox->all(OutboxState::Waiting);
  EXPECT_EQ(waiting.size(), 3u);
  EXPECT_EQ(waiting.front().tries, 0u) << "a stop is no failure";
}

TEST_F(DrainerTest, FinishWaitsForNoSinkThatIsAway) {
  broker->on_publish = [](std::span<const OutboxEntry>, const tdk_cancel *) { throw Error(TDK_UNAVAILABLE, "no broker"); };
  settings.longest_pause = settings.first_pause = kHour;
  put(1);
  const auto d = drainer();
  EXPECT_TRUE(d->finish(60 * kSecond, nullptr));
  EXPECT_THAT(d->state().trouble, HasSubstr("no broker"));
}

TEST_F(DrainerTest, ASinkThatCannotBeOpenedIsTriedAgain) {
  std::atomic<int> tries{0};
  const OutboxDrainer d(
      settings, [this] { return std::make_unique<MemoryOutbox>(outbox); },
      [&]() -> std::unique_ptr<EventSink> {
        if (++tries < 3) throw Error(TDK_INVALID_ARGUMENT, "bus: create: no such broker");
        return std::make_unique<ScriptedSink>(broker);
      },
      metrics, system_clock());
  put(1);
  EXPECT_TRUE(drained());
  EXPECT_EQ(outbox->all(OutboxState::Dead).size(), 0u);
}

TEST_F(DrainerTest, CountsWhatWaitsWhatIsDeadAndWhatWent) {
  broker->judge = [](const OutboxEntry &e) { return e.payload == "1" ? TDK_INVALID_ARGUMENT : TDK_OK; };
  put(4);
  const auto d = drainer();
  const auto has = [&](const char *line) { return metrics.text().find(line) != std::string::npos; };
  EXPECT_TRUE(eventually([&] { return has("tapedeck_outbox_dead{sink=\"bus\",storage=\"store\"} 1"); })) << metrics.text();
  EXPECT_TRUE(eventually([&] { return has("tapedeck_outbox_waiting{sink=\"bus\",storage=\"store\"} 0"); })) << metrics.text();
  EXPECT_TRUE(has("tapedeck_outbox_published_total{sink=\"bus\",storage=\"store\"} 3")) << metrics.text();
  EXPECT_TRUE(has("tapedeck_outbox_failed_total{sink=\"bus\",storage=\"store\"} 1")) << metrics.text();
}

}  // namespace
