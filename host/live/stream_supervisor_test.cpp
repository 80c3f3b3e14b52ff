// A supervisor on a clock of the test's own: connections are the scripted vendor's.
#include "live/stream_supervisor.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>

#include "live/testing/scripted_stream.hpp"
#include "market/candle_row.hpp"

namespace tapedeck {
namespace {

using testing::ScriptedStreams;

const Series kBtc{"BTC/USDT", *Interval::parse("1m")};
constexpr Nanos kStart = 1'704'067'200 * kSecond;
constexpr Nanos kMs = 1'000'000;

class Ignore final : public LinkTarget {
 public:
  void on_candles(const StreamLink &, const Series &, const tdk_candle_batch &) override {}
  void on_ticks(const StreamLink &, std::string_view, std::span<const Tick>) override {}
  void on_event(const StreamLink &, const StreamEvent &) override {}
};

class Supervised : public ::testing::Test {
 protected:
  ManualClock clock{kStart};
  ScriptedStreams vendor;
  Ignore target;
  std::vector<std::string> sources{"one"};
  std::vector<std::unique_ptr<Breaker>> breakers;
  std::vector<std::string> said;  // "connected one", ...
  std::string active;
  std::size_t losses = 0;
  SupervisorSettings settings = [] {
    SupervisorSettings s;
    s.pipeline = "p";
    s.stale_after = 15 * kSecond;
    s.connect_within = s.fallback_after = kDay;  // this clock flies, and a thread takes its time to start
    return s;
  }();
  StreamSupervisor::OpenProvider make_provider = [this](const std::string &s) { return vendor.provider(s); };
  std::unique_ptr<StreamSupervisor> supervisor;

  void start() {
    std::vector<SupervisedSource> supervised;
    for (const auto &name : sources) {
      breakers.push_back(std::make_unique<Breaker>(BreakerSettings{}, 1));
      supervised.push_back({name, {{kBtc}, {}, {}}, breakers.back().get()});
    }
    StreamSupervisor::Observer observer;
    observer.active = [this](const StreamLink &l) { active = l.of().source; };
    observer.lost = [this](const StreamLink &) { ++losses; };
    observer.status = [this](StreamState s, const std::string &source, const std::string &) {
      said.push_back(std::string(stream_state_name(s)) + " " + source);
    };
    supervisor = std::make_unique<StreamSupervisor>(
        settings, supervised, make_provider, target, observer, clock);
  }
  void data(std::size_t connection) {
    CandleRow row;
    row.open_time = kStart;
    row.open = row.high = row.low = row.close = 1;
    vendor.candle(connection, kBtc, batch_of(row));
  }
  // Lets `time` pass in steps of 20 ms, as the pipeline's control thread does; and real threads end.
  void pass(Nanos time) {
    for (Nanos t = 0; t < time; t += 20 * kMs) {
      clock.advance(20 * kMs);
      supervisor->tick();
    }
  }
  template <class F>
  bool until(F &&f) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!f()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      supervisor->tick();
      vendor.pause();
    }
    return true;
  }
};

TEST_F(Supervised, ConnectsAgainWithTheSameQuestionAfterALoss) {
  start();
  supervisor->tick();
  ASSERT_TRUE(vendor.await(0));
  data(0);
  vendor.end(0, Error(TDK_UNAVAILABLE, "reset"));
  ASSERT_TRUE(until([&] { return losses == 1; }));
  pass(kSecond);
  ASSERT_TRUE(vendor.await(1));
  EXPECT_EQ(vendor.connection(1).ask.candles, std::vector{kBtc});
  EXPECT_EQ(said, (std::vector<std::string>{"connected one", "reconnecting one"}));
}

TEST_F(Supervised, SilenceEndsAConnectionWithinASecondOfStaleAfter) {
  start();
  supervisor->tick();
  ASSERT_TRUE(vendor.await(0));
  data(0);
  pass(settings.stale_after - kSecond / 2);
  EXPECT_TRUE(vendor.connection(0).open);
  pass(kSecond);
  ASSERT_TRUE(vendor.await_cancelled(0));
}

TEST_F(Supervised, AHeartbeatIsNoSilence) {
  start();
  supervisor->tick();
  ASSERT_TRUE(vendor.await(0));
  for (int i = 0; i < 10; ++i) {
    vendor.event(0, {TDK_STREAM_HEARTBEAT, std::nullopt, {}, ""});
    pass(10 * kSecond);
  }
  EXPECT_TRUE(vendor.connection(0).open);
}

TEST_F(Supervised, ALoginWithoutDataDoesNotResetTheBackOff) {
  start();
  supervisor->tick();
  for (std::size_t i = 0; i < 5; ++i) {
    ASSERT_TRUE(until([&] {
      clock.advance(20 * kMs);
      return vendor.opened() > i;
    }));
    vendor.event(i, {TDK_STREAM_CONNECTED, std::nullopt, {}, ""});
    vendor.end(i, Error(TDK_UNAVAILABLE, "closed"));
    ASSERT_TRUE(until([&] { return losses == i + 1; }));
  }
  EXPECT_EQ(breakers[0]->snapshot(clock.now_ns()).failures, 5);
  EXPECT_EQ(breakers[0]->snapshot(clock.now_ns()).state, BreakerState::Open);
}

TEST_F(Supervised, GoesToTheNextSourceAndBackToTheFirst) {
  sources = {"one", "two"};
  vendor.refuse("one", Error(TDK_UNAVAILABLE, "refused"));
  start();
  ASSERT_TRUE(until([&] {
    clock.advance(20 * kMs);
    const std::size_t n = vendor.opened();
    return n > 0 && vendor.connection(n - 1).source == "two";
  }));
  const std::size_t second = vendor.opened() - 1;
  ASSERT_TRUE(vendor.await(second));
  data(second);
  vendor.refuse("one", std::nullopt);
  ASSERT_TRUE(until([&] {
    clock.advance(20 * kMs);
    for (std::size_t i = second; i < vendor.opened(); ++i)
      if (vendor.connection(i).source == "one") data(i);
    return active == "one";
  }));
  EXPECT_TRUE(vendor.await_cancelled(second));
  EXPECT_EQ(said.back(), "connected one");
}

// Polygon shows a connection out, and asks for a minute of patience.
TEST_F(Supervised, GoesToTheNextSourceWhileTheFirstOneAsksForPatience) {
  sources = {"one", "two"};
  settings.stale_after = kDay;
  start();
  supervisor->tick();
  ASSERT_TRUE(vendor.await(0));
  data(0);
  pass(15 * kSecond);
  vendor.end(0, Error(TDK_RATE_LIMITED, "another connection has taken the place", kMinute / kMs));
  ASSERT_TRUE(until([&] { return vendor.opened() > 1; }));  // no time passes
  EXPECT_EQ(vendor.connection(1).source, "two");
  ASSERT_TRUE(vendor.await(1));
  data(1);
  pass(50 * kSecond);
  EXPECT_EQ(vendor.opened(), 2u) << "the minute is kept";
  pass(15 * kSecond);
  ASSERT_TRUE(until([&] { return vendor.opened() > 2; }));
  EXPECT_EQ(vendor.connection(2).source, "one");
}

TEST_F(Supervised, OpensASuccessorBeforeTheVendorEndsTheConnection) {
  settings.stale_after = kDay;
  start();
  supervisor->tick();
  ASSERT_TRUE(vendor.await(0));
  data(0);
  vendor.event(0, {TDK_STREAM_EXPIRES, std::nullopt, {0, kStart + kHour}, ""});
  pass(58 * kMinute);
  EXPECT_EQ(vendor.opened(), 1u);
  for (Nanos t = 0; t < 2 * kMinute && vendor.opened() == 1; t += kSecond) {
    pass(kSecond);
    vendor.pause();
  }
  ASSERT_TRUE(vendor.await(1));
  EXPECT_TRUE(vendor.connection(0).open) << "the old one lasts until the new one is connected";
  vendor.event(1, {TDK_STREAM_CONNECTED, std::nullopt, {}, ""});
  ASSERT_TRUE(until([&] {
    clock.advance(20 * kMs);
    return !vendor.connection(0).open;
  }));
  EXPECT_TRUE(vendor.connection(1).open);
}

// With many series the first ones flow while the others are still being subscribed to.
TEST_F(Supervised, ASuccessorWithDataIsNotOneThatIsConnected) {
  settings.stale_after = kDay;
  start();
  supervisor->tick();
  ASSERT_TRUE(vendor.await(0));
  data(0);
  vendor.event(0, {TDK_STREAM_EXPIRES, std::nullopt, {0, kStart + kHour}, ""});
  pass(59 * kMinute);
  ASSERT_TRUE(until([&] {
    clock.advance(20 * kMs);
    return vendor.opened() > 1;
  }));
  ASSERT_TRUE(vendor.await(1));
  data(1);
  for (Nanos t = 0; t < 5 * kSecond; t += kSecond) {
    pass(kSecond);
    vendor.pause();
  }
  EXPECT_TRUE(vendor.connection(0).open) << "some series have nobody else";
  vendor.event(1, {TDK_STREAM_CONNECTED, std::nullopt, {}, ""});
  ASSERT_TRUE(until([&] {
    clock.advance(20 * kMs);
    return !vendor.connection(0).open;
  }));
  EXPECT_TRUE(vendor.connection(1).open);
}

// The one that is let in to try an open source, and is replaced before it had data, makes way.
TEST_F(Supervised, AReplacedTryDoesNotCloseASourceForEver) {
  sources = {"one", "two"};
  start();
  for (auto &b : breakers)
    for (int i = 0; i < 5; ++i) b->failed(clock.now_ns(), {"down"});
  breakers[0]->failed(clock.now_ns(), {"down", false, false, 3 * kSecond});
  const auto last_is = [&](const char *source) {
    clock.advance(20 * kMs);
    const std::size_t n = vendor.opened();
    return n > 0 && vendor.connection(n - 1).source == source;
  };
  ASSERT_TRUE(until([&] { return last_is("two"); }));
  EXPECT_FALSE(breakers[1]->try_connect(clock.now_ns())) << "one is at it";
  ASSERT_TRUE(until([&] { return last_is("one"); }));
  data(vendor.opened() - 1);
  ASSERT_TRUE(until([&] { return active == "one"; }));
  EXPECT_TRUE(breakers[1]->try_connect(clock.now_ns()));
}

// A plugin that is cancelled and comes back with another word than that was left by its caller.
TEST_F(Supervised, AnInstanceThatHungIsNotUsedAgain) {
  std::atomic<int> made{0};
  make_provider = [&](const std::string &s) {
    ++made;
    return vendor.provider(s);
  };
  start();
  supervisor->tick();
  ASSERT_TRUE(vendor.await(0));
  data(0);
  vendor.end(0, Error(TDK_UNAVAILABLE, "reset"));
  ASSERT_TRUE(until([&] { return losses == 1; }));
  pass(kSecond);
  ASSERT_TRUE(vendor.await(1));
  EXPECT_EQ(made, 1) << "a lost connection is no fault of the instance";
  data(1);
  vendor.answer_cancellation_with(Error(TDK_UNAVAILABLE, "wedged in run_stream"));
  pass(settings.stale_after + kSecond);
  ASSERT_TRUE(until([&] { return losses == 2; }));
  vendor.answer_cancellation_with(std::nullopt);
  pass(kSecond);
  ASSERT_TRUE(vendor.await(2));
  EXPECT_EQ(made, 2);
}

class ClosedFrom final : public Calendar {
 public:
  explicit ClosedFrom(TimeRange closed) : closed_(closed) {}
  std::string_view name() const noexcept override { return "closed"; }
  RangeSet closed(TimeRange range) const override { return RangeSet(closed_).within(range); }

 private:
  TimeRange closed_;
};

TEST_F(Supervised, ClosedHoursAreNoSilence) {
  settings.calendar = std::make_shared<ClosedFrom>(TimeRange{kStart + 5 * kSecond, kStart + 2 * kHour});
  start();
  supervisor->tick();
  ASSERT_TRUE(vendor.await(0));
  data(0);
  pass(2 * kHour + 5 * kSecond);
  EXPECT_TRUE(vendor.connection(0).open);
  pass(6 * kSecond);  // 5 s before and 11 s after
  EXPECT_TRUE(vendor.await_cancelled(0));
}

// Friday 17:00 to Sunday 17:00 in New York, and the pause each day; the clock runs in steps of a second.
TEST_F(Supervised, ForexSaysNothingOverAWeekendAndAtTheDailyPause) {
  const auto time = [](const char *text) { return parse_time(text, 0).value(); };
  const auto run_to = [&](const char *text) {
    for (const Nanos end = time(text); clock.now_ns() < end; supervisor->tick()) clock.advance(kSecond);
  };
  settings.calendar = find_calendar("forex");
  clock.advance(time("2024-03-08T21:57:50Z") - kStart);
  start();
  supervisor->tick();
  ASSERT_TRUE(vendor.await(0));
  data(0);
  run_to("2024-03-10T21:09:50Z");  // clocks went forward: 17:09:50 on Sunday, the tenth second of silence
  EXPECT_TRUE(vendor.connection(0).open);
  run_to("2024-03-10T21:10:10Z");
  EXPECT_TRUE(vendor.await_cancelled(0)) << "ten seconds before the weekend and ten after the pause";

  ASSERT_TRUE(until([&] { return losses == 1; }));
  pass(kSecond);
  ASSERT_TRUE(vendor.await(1));
  data(1);
  run_to("2024-03-10T21:10:30Z");
  EXPECT_TRUE(vendor.await_cancelled(1)) << "inside the week the same silence is one";
}

TEST_F(Supervised, ARefusalThatLastsIsSaidAndNotRepeatedAtOnce) {
  vendor.refuse("one", Error(TDK_UNAUTHENTICATED, "wrong key"));
  start();
  ASSERT_TRUE(until([&] { return said.size() == 1; }));
  EXPECT_EQ(said[0], "error one");
  pass(30 * kSecond);
  EXPECT_EQ(vendor.opened(), 1u);
}

TEST(BreakerTest, WaitsGrowToASecondAndThenWithTheOutage) {
  Breaker breaker({}, 7);
  Nanos now = kStart;
  int tries = 0;
  for (; now < kStart + 10 * kSecond; now += 10 * kMs)
    if (breaker.try_connect(now)) {
      ++tries;
      breaker.failed(now, {"down"});
    }
  EXPECT_GE(tries, 9);
  EXPECT_LE(tries, 20);
  const int after_ten_seconds = tries;
  for (; now < kStart + kHour; now += kSecond)
    if (breaker.try_connect(now)) {
      ++tries;
      breaker.failed(now, {"down"});
    }
  EXPECT_LE(tries - after_ten_seconds, 220);
  EXPECT_GE(tries - after_ten_seconds, 60);
}

// Polygon takes a connection beyond what an account has, gives it data, and then one of the two has to go.
TEST(BreakerTest, AConnectionThatIsLostSoonDoesNotBeginTheWaitsAnew) {
  Breaker breaker({}, 7);
  Nanos now = kStart;
  int tries = 0;
  for (; now < kStart + kMinute; now += 10 * kMs) {
    if (!breaker.try_connect(now)) continue;
    ++tries;
    breaker.succeeded();
    EXPECT_EQ(breaker.snapshot(now).failures, 0) << "as long as it has data";
    now += 100 * kMs;
    breaker.failed(now, {"evicted", true, false, 0, 100 * kMs});
  }
  EXPECT_LE(tries, 90) << "each second, in the end more seldom";
  EXPECT_GT(breaker.snapshot(now).failures, 30);
  breaker.succeeded();
  breaker.failed(now + kMinute, {"closed", true, false, 0, kMinute});
  EXPECT_EQ(breaker.snapshot(now + kMinute).failures, 1) << "that one had come back";
}

TEST(BreakerTest, ConnectionsThatAreLostTogetherAreOneFailure) {
  Breaker breaker({}, 7);
  breaker.succeeded();
  for (int i = 0; i < 10; ++i) breaker.failed(kStart, {"closed", true, false, 0, kHour});
  EXPECT_EQ(breaker.snapshot(kStart).failures, 1);
}

// Each connection is cut after five seconds of data: no outage grows, and neither do the waits.
TEST(BreakerTest, AVendorThatCutsAgainAndAgainIsNotLeftAlone) {
  Breaker breaker({}, 7);
  Nanos now = kStart;
  for (int i = 0; i < 200; ++i) {
    const Nanos lost = now;
    while (!breaker.try_connect(now)) now += 10 * kMs;
    ASSERT_LE(now - lost, kSecond + 10 * kMs) << i;
    breaker.succeeded();
    now += 5 * kSecond;
    breaker.failed(now, {.error = "cut", .had_data = true, .lived = 5 * kSecond});
  }
}

TEST(BreakerTest, HalfOpenLetsOneTry) {
  Breaker breaker({}, 7);
  Nanos now = kStart;
  for (int i = 0; i < 5; ++i) breaker.failed(now, {"down"});
  EXPECT_FALSE(breaker.try_connect(now));
  now += 2 * kSecond;
  EXPECT_TRUE(breaker.try_connect(now));
  EXPECT_FALSE(breaker.try_connect(now));
  EXPECT_EQ(breaker.snapshot(now).state, BreakerState::HalfOpen);
  breaker.succeeded();
  EXPECT_TRUE(breaker.try_connect(now));
  EXPECT_EQ(breaker.snapshot(now).state, BreakerState::Closed);
}

// A vendor that takes the connection and says nothing neither fails nor connects.
TEST_F(Supervised, ASourceThatHangsHasTheNextOneBesideIt) {
  sources = {"one", "two"};
  settings.fallback_after = kSecond;
  start();
  supervisor->tick();
  ASSERT_TRUE(vendor.await(0));
  pass(kSecond + 40 * kMs);
  ASSERT_TRUE(vendor.await(1));
  EXPECT_EQ(vendor.connection(1).source, "two");
  EXPECT_EQ(active, "one");
  vendor.event(1, {TDK_STREAM_CONNECTED, std::nullopt, {}, ""});
  ASSERT_TRUE(until([&] { return active == "two"; }));
  ASSERT_TRUE(vendor.await_cancelled(0));
  ASSERT_TRUE(until([&] { return vendor.opened() > 2; })) << "the preferred one is tried again";
  EXPECT_EQ(vendor.connection(2).source, "one");
  data(2);
  ASSERT_TRUE(until([&] { return active == "one"; }));
  EXPECT_EQ(said, (std::vector<std::string>{"connected two", "connected one"}));
}

TEST_F(Supervised, WhoConnectsAfterAllKeepsItsPlace) {
  sources = {"one", "two"};
  settings.fallback_after = kSecond;
  start();
  supervisor->tick();
  ASSERT_TRUE(vendor.await(0));
  pass(kSecond + 40 * kMs);
  ASSERT_TRUE(vendor.await(1));
  data(0);
  ASSERT_TRUE(until([&] { return vendor.connection(1).cancelled; }));
  EXPECT_EQ(active, "one");
  pass(5 * kSecond);
  EXPECT_EQ(vendor.opened(), 2u);
}

}  // namespace
}  // namespace tapedeck
