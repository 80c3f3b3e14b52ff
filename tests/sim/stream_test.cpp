// Streams of the simulator over real loopback connections, by a clock that the tests move.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "sim/stream_test_client.hpp"
#include "sim/test_client.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::StartsWith;

const std::int64_t kStart = *parse_iso8601("2024-05-01T10:00:30.500Z");

Options frozen() {
  Options options;
  options.start_ms = kStart;
  options.speed = 0;
  options.patience.pong = std::chrono::milliseconds(0);
  return options;
}

class Streams : public testing::Test {
 protected:
  Simulator simulator{frozen()};
  TestClient rest{simulator};

  void advance(std::int64_t ms) {
    simulator.clock().advance(ms);
    EXPECT_TRUE(simulator.settle());
  }
};

TEST_F(Streams, SubscribeIsAcknowledgedAndDataFollowsTheClock) {
  StreamTestClient client(simulator, "/binance/ws");
  ASSERT_TRUE(client.subscribe({"btcusdt@trade", "btcusdt@kline_1m", "btcusdt@bookTicker"}));
  EXPECT_EQ(client.count(), 1U) << "nothing is due while the clock stands still";
  advance(10'000);
  EXPECT_THAT(client.wait_for_part("\"e\":\"trade\""), HasSubstr("\"s\":\"BTCUSDT\""));
  EXPECT_THAT(client.wait_for_part("\"e\":\"kline\""), HasSubstr("\"x\":false"));
  EXPECT_THAT(client.wait_for_part("{\"u\":"), HasSubstr("\"a\":"));
  EXPECT_TRUE(client.wait_for_count(simulator.messages_sent() + 1));
}

}  // namespace
}  // namespace tapedeck::sim
