// The simulated OANDA: recorded ticks, and its market's hours.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>

#include "sim/line_test_client.hpp"
#include "sim/oanda/session_hours.hpp"
#include "sim/test_client.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

const std::map<std::string, std::string> kToken{{"Authorization", "Bearer practice-token"}};
const std::string kStream = "/oanda/v3/accounts/101-001-1234567-001/pricing/stream?instruments=EUR_USD";
const std::string kCandles = "/oanda/v3/instruments/EUR_USD/candles?";

std::string text(const json::value &v) { return {v.as_string().data(), v.as_string().size()}; }

Options standing_still() {
  Options options;
  options.start_ms = *parse_iso8601("2024-05-15T09:59:00Z");
  options.speed = 0;
  options.limits = false;
  return options;
}

// Recorded ticks of our own making.
class OandaTape : public testing::Test {
 protected:
  OandaTape() {
    std::ofstream out(file);
    out << "time_utc,bid,ask\n2024-05-15T10:00:00.250Z,1.10001,1.10012\n2024-05-15T10:00:00.250Z,1.10002,1.10012\n"
           "2024-05-15T10:02:10Z,1.09990,1.10003\n2024-05-15T10:03:00Z,1.1,1.10011\n";
  }
  ~OandaTape() override { std::filesystem::remove(file); }
  Options options(bool fast) const {
    Options out = standing_still();
    out.ticks = {{"oanda", "EURUSD", file}};
    out.replay_fast = fast;
    return out;
  }
  std::filesystem::path file = std::filesystem::temp_directory_path() /
                               ("oanda_tape_" + std::to_string(::getpid()) + ".csv");
};

TEST_F(OandaTape, ComesAtItsTimeByTheClock) {
  Simulator simulator(options(false));
  LineTestClient client(simulator, kStream, kToken);
  ASSERT_EQ(client.status(), 200);
  simulator.clock().advance(61'000);
  ASSERT_TRUE(simulator.settle());
  EXPECT_EQ(simulator.messages_sent(), 2U);
  simulator.clock().advance(180'000);
  ASSERT_TRUE(simulator.settle());
  EXPECT_EQ(simulator.messages_sent(), 4U);
}

TEST_F(OandaTape, ComesAsFastAsItIsTakenAndRestAgrees) {
  Options fast = options(true);
  fast.start_ms = *parse_iso8601("2024-05-15T11:00:00Z");
  Simulator simulator(fast);
  LineTestClient client(simulator, kStream, kToken);
  ASSERT_TRUE(client.wait_for_count(4));
  EXPECT_THAT(client.lines()[3], HasSubstr("1.10000"));
  const Answer answer = TestClient(simulator).get(kCandles + "granularity=M1&price=BM&from=2024-05-15T00:00:00Z&count=10&includeFirst=true", kToken);
  const json::value all = json::parse(answer.body);
  const json::array &rows = all.at("candles").as_array();
  ASSERT_EQ(rows.size(), 3U) << answer.body;  // 10:01 is quiet
  EXPECT_EQ(rows[0].at("volume").as_int64(), 2);
  EXPECT_EQ(text(rows[0].at("bid").at("c")), "1.10002");
  EXPECT_EQ(text(rows[0].at("mid").at("o")), "1.100065");  // exact, though it takes one more decimal
  EXPECT_EQ(text(rows[2].at("bid").at("o")), "1.10000");
}

TEST_F(OandaTape, WhatIsNoTickFileIsRefused) {
  std::ofstream(file) << "time_utc,bid\n";
  EXPECT_THROW(Simulator{options(false)}, std::exception);
  std::ofstream(file) << "time_utc,bid,ask\n2024-05-15T10:00:01Z,1,2\n2024-05-15T10:00:00Z,1,2\n";
  EXPECT_THROW(Simulator{options(false)}, std::exception);
  Options other = standing_still();
  other.ticks = {{"binance", "BTCUSDT", file}};
  EXPECT_THROW(Simulator{other}, std::invalid_argument);
}

TEST(OandaHours, FollowNewYorkAcrossTheChangesOfItsClock) {
  const auto open = [](const char *time) { return oanda::is_open(oanda::Hours::Forex, *parse_iso8601(time)); };
  EXPECT_FALSE(open("2024-03-08T21:58:00Z"));  // Friday, winter: 16:58
  EXPECT_TRUE(open("2024-03-08T21:57:00Z"));
  EXPECT_FALSE(open("2024-03-10T21:02:00Z"));  // Sunday, summer: 17:02
  EXPECT_TRUE(open("2024-03-10T21:03:00Z"));
  EXPECT_FALSE(open("2024-03-12T21:00:00Z"));  // the pause
  EXPECT_FALSE(open("2024-12-25T15:00:00Z"));
  EXPECT_FALSE(oanda::is_open(oanda::Hours::Metal, *parse_iso8601("2024-03-12T21:30:00Z")));
}

}  // namespace
}  // namespace tapedeck::sim
