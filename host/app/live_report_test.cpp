#include "app/live_report.hpp"

#include <gtest/gtest.h>

namespace tapedeck {
namespace {

LivePipelineState with_breaker(const std::string &source, BreakerState state) {
  LivePipelineState p;
  p.name = "forex";
  p.sources.push_back({source, {state, 3, 7 * kSecond, "wrong key"}});
  return p;
}

SourceHealth health_with(BreakerState state, SourceHealth before = SourceHealth::Ok, const std::string &source = "oanda") {
  SourceStatus status;
  status.name = "oanda";
  status.health = before;
  add_streams(status, {with_breaker(source, state)});
  return status.health;
}

// REST may answer while the stream is refused.
TEST(LiveReport, ASourceWhoseStreamIsGivenUpForNowIsDegraded) {
  EXPECT_EQ(health_with(BreakerState::Closed), SourceHealth::Ok);
  EXPECT_EQ(health_with(BreakerState::Open), SourceHealth::Degraded);
  EXPECT_EQ(health_with(BreakerState::HalfOpen), SourceHealth::Degraded);
  EXPECT_EQ(health_with(BreakerState::Open, SourceHealth::Down), SourceHealth::Down);
  EXPECT_EQ(health_with(BreakerState::Open, SourceHealth::Ok, "polygon"), SourceHealth::Ok) << "another's";
}

TEST(LiveReport, StreamsAreListedWithTheirBreaker) {
  SourceStatus status;
  status.name = "oanda";
  add_streams(status, {with_breaker("oanda", BreakerState::Open), with_breaker("polygon", BreakerState::Closed)});
  ASSERT_EQ(status.streams.size(), 1u);
  EXPECT_EQ(status.streams[0].pipeline, "forex");
  EXPECT_EQ(status.streams[0].breaker, "open");
  EXPECT_EQ(status.streams[0].failures, 3);
  EXPECT_EQ(status.streams[0].next_try, 7 * kSecond);
  EXPECT_EQ(status.streams[0].last_error, "wrong key");
}

}  // namespace
}  // namespace tapedeck
