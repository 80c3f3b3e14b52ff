// SNK-001 to SNK-013: what arrives, in which order, and what is said of the rest.
#include <gmock/gmock.h>

#include <thread>

#include "eventsink_conformance.hpp"

namespace tapedeck::conformance {

using testing::ElementsAre;
using testing::IsEmpty;

void EventSinkConformance::expect_taken(const std::vector<Event> &events) {
  const Published result = publish(events);
  EXPECT_EQ(result.status, TDK_OK) << result.message;
  EXPECT_THAT(result.failures, IsEmpty()) << result.failures.front().why;
}

std::vector<std::uint64_t> EventSinkConformance::ids(const std::string &key, const std::string &type) {
  std::vector<std::uint64_t> out;
  for (const Event &event : backend_->arrived(type))
    if (event.key == key) out.push_back(event.id);
  return out;
}

namespace {

std::vector<std::uint64_t> every(std::uint64_t step, std::uint64_t first, std::uint64_t end) {
  std::vector<std::uint64_t> out;
  for (std::uint64_t i = first; i < end; i += step) out.push_back(i);
  return out;
}

TEST_P(EventSinkConformance, SNK001_AnEventArrivesAsItWasGiven) {
  const Event given{18'446'744'073'709'551'615u, "tick", "BTC/USDT", R"({"symbol":"BTC/USDT","data":{"price":"0.10"}})",
                    1'700'000'000'123'000'000};
  expect_taken({given});
  const auto there = backend_->arrived("tick");
  ASSERT_EQ(there.size(), 1u);
  EXPECT_EQ(there[0].id, given.id);
  EXPECT_EQ(there[0].type, given.type);
  EXPECT_EQ(there[0].key, given.key);
  EXPECT_EQ(there[0].payload, given.payload);
  EXPECT_EQ(there[0].time, given.time);
}

TEST_P(EventSinkConformance, SNK002_NoEventsAreTaken) { expect_taken({}); }

TEST_P(EventSinkConformance, SNK003_EventsOfAKeyStayInOrder) {
  const auto events = numbered_events(600, 3);
  for (std::size_t i = 0; i < events.size(); i += 200)
    expect_taken({events.begin() + static_cast<std::ptrdiff_t>(i), events.begin() + static_cast<std::ptrdiff_t>(i + 200)});
  for (std::uint64_t key = 0; key < 3; ++key)
    EXPECT_EQ(ids("KEY" + std::to_string(key) + " 1m"), every(3, key, 600)) << key;
}

TEST_P(EventSinkConformance, SNK004_TypesArriveApart) {
  std::vector<Event> events;
  for (const char *type : {"candle", "tick", "finding", "source"}) events.push_back({events.size(), type, "a", type, 0});
  for (Event &event : events) event.time = 1'700'000'000'000'000'000;
  expect_taken(events);
  for (const Event &event : events) EXPECT_THAT(ids("a", event.type), ElementsAre(event.id)) << event.type;
}

TEST_P(EventSinkConformance, SNK005_GoesByTheStride) {
  struct Longer {
    tdk_event event;
    char more[24];
  };
  std::vector<Longer> rows(3);
  const auto events = numbered_events(3, 1);
  for (std::size_t i = 0; i < 3; ++i)
    rows[i].event = {sizeof(Longer), 0, i, events[i].time, str(events[i].type), str(events[i].key), str(events[i].payload)};
  const tdk_event_failure_sink none{sizeof none, 0, nullptr,
                                    [](void *, std::uint64_t, tdk_status, tdk_str) -> tdk_status { return TDK_INTERNAL; }};
  tdk_error error = detail::fresh();
  auto &sink = backend_->sink();
  EXPECT_EQ(sink.table().publish(sink.instance().self(), &rows[0].event, 3, sizeof(Longer), &none, nullptr, &error), TDK_OK)
      << error.message;
  EXPECT_THAT(ids(events[0].key), ElementsAre(0u, 1u, 2u));
}

TEST_P(EventSinkConformance, SNK006_WhatIsNeverTakenStopsNobodyElse) {
  if (backend_->too_large() == 0) GTEST_SKIP() << "this sink takes any payload";
  auto events = numbered_events(30, 2);
  for (const std::size_t i : {0u, 11u, 29u}) events[i].payload.assign(backend_->too_large(), 'x');
  const Published result = publish(events);
  EXPECT_EQ(result.status, TDK_OK) << result.message;
  std::vector<std::uint64_t> failed;
  for (const EventFailure &f : result.failures) {
    failed.push_back(f.index);
    EXPECT_TRUE(f.status == TDK_INVALID_ARGUMENT || f.status == TDK_BAD_DATA) << f.status << ": " << f.why;
  }
  EXPECT_THAT(failed, testing::UnorderedElementsAre(0u, 11u, 29u));
  EXPECT_EQ(ids("KEY0 1m"), every(2, 2, 30));
  EXPECT_THAT(ids("KEY1 1m"), testing::AllOf(testing::SizeIs(13), testing::Not(testing::Contains(11u))));
}

TEST_P(EventSinkConformance, SNK007_KeysAndPayloadsMayHoldAnyCharacter) {
  std::uint64_t id = 0;
  for (const std::string text : {"", "with space", "line\nbreak", "M\xc3\xbcnchen", "a,b=c", "\"'\\"}) {
    expect_taken({{id, "candle", text, "p" + text, 1'700'000'000'000'000'000}});
    EXPECT_THAT(ids(text), ElementsAre(id)) << text;
    ++id;
  }
}

TEST_P(EventSinkConformance, SNK008_ACancelledCallEndsAndHarmsNothing) {
  const tdk_cancel cancelled{sizeof cancelled, -1, nullptr, INT64_MAX,
                             [](const tdk_cancel *) -> tdk_status { return TDK_CANCELLED; }};
  EXPECT_EQ(publish(numbered_events(10, 1), &cancelled).status, TDK_CANCELLED);
  expect_taken(numbered_events(10, 1));
  EXPECT_EQ(first_of_each(ids("KEY0 1m")), every(1, 0, 10));
}

TEST_P(EventSinkConformance, SNK009_SaysWhenItCannotBeUsedAndGoesOnAfterwards) {
  const auto events = numbered_events(40, 2);
  const std::vector<Event> first(events.begin(), events.begin() + 20);
  expect_taken(first);
  backend_->take_away();
  const Published away = publish(events);
  EXPECT_NE(away.status, TDK_OK);
  EXPECT_NE(away.status, TDK_INVALID_ARGUMENT);
  EXPECT_NE(away.status, TDK_INTERNAL);
  backend_->bring_back();
  for (Published result; (result = publish(events)).status != TDK_OK || !result.failures.empty();) {
  }  // the test's own limit ends it
  EXPECT_EQ(first_of_each(ids("KEY0 1m")), every(2, 0, 40));
  EXPECT_EQ(first_of_each(ids("KEY1 1m")), every(2, 1, 40));
}

TEST_P(EventSinkConformance, SNK010_TheSameEventComesAgain) {
  expect_taken(numbered_events(5, 1));
  expect_taken(numbered_events(5, 1));
  EXPECT_EQ(first_of_each(ids("KEY0 1m")), every(1, 0, 5));
}

TEST_P(EventSinkConformance, SNK011_TwoInstancesDoNotDisturbEachOther) {
  const auto other = backend_->another();
  auto mine = numbered_events(200, 1), theirs = numbered_events(200, 1);
  for (Event &event : theirs) event.key = "theirs";
  Published of_theirs;
  std::thread thread([&] { of_theirs = other->publish(theirs); });
  expect_taken(mine);
  thread.join();
  EXPECT_EQ(of_theirs.status, TDK_OK) << of_theirs.message;
  EXPECT_EQ(ids("KEY0 1m"), every(1, 0, 200));
  EXPECT_EQ(ids("theirs"), every(1, 0, 200));
}

TEST_P(EventSinkConformance, SNK012_ManyEventsAtOnce) {
  const auto events = numbered_events(10'000, 50, 350);
  expect_taken(events);
  EXPECT_EQ(backend_->arrived("candle").size(), 10'000u);
  EXPECT_EQ(ids("KEY7 1m"), every(50, 7, 10'000));
}

TEST_P(EventSinkConformance, SNK013_ACallerWhoWantsNoMoreFailuresIsHeard) {
  if (backend_->too_large() == 0) GTEST_SKIP() << "this sink takes any payload";
  const std::string payload(backend_->too_large(), 'x'), key = "a", type = "candle";
  const tdk_event event{sizeof event, 0, 1, 1'700'000'000'000'000'000, str(type), str(key), str(payload)};
  const tdk_event_failure_sink stops{sizeof stops, 0, nullptr,
                                     [](void *, std::uint64_t, tdk_status, tdk_str) -> tdk_status { return TDK_CANCELLED; }};
  tdk_error error = detail::fresh();
  auto &sink = backend_->sink();
  EXPECT_EQ(sink.table().publish(sink.instance().self(), &event, 1, sizeof event, &stops, nullptr, &error), TDK_CANCELLED);
  expect_taken(numbered_events(1, 1));
}

}  // namespace
}  // namespace tapedeck::conformance
