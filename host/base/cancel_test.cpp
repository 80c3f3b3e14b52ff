#include "base/cancel.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <thread>

using namespace tapedeck;

TEST(CancelToken, FiresWithItsSource) {
  CancelSource source;
  CancelToken token(source);
  EXPECT_EQ(token.status(), TDK_OK);
  source.cancel();
  EXPECT_EQ(token.status(), TDK_CANCELLED);
  pollfd fd{token.raw()->wait_fd, POLLIN, 0};
  EXPECT_EQ(poll(&fd, 1, 0), 1);
}

TEST(CancelToken, TimesOutByItsOwnClock) {
  CancelSource source;
  ManualClock clock(0);
  CancelToken token(source, 1000, clock);
  clock.advance(999);
  EXPECT_EQ(token.status(), TDK_OK);
  clock.advance(1);
  EXPECT_EQ(token.status(), TDK_TIMEOUT);
}

TEST(SystemClock, SleepEndsWhenCancelled) {
  CancelSource source;
  CancelToken token(source);
  std::thread canceller([&] { source.cancel(); });
  EXPECT_EQ(system_clock().sleep_ns(60'000'000'000, token.raw()), TDK_CANCELLED);
  canceller.join();
}
