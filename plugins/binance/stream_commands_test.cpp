#include "stream_commands.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace binance {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

TEST(StreamCommands, AreWrittenAsTheVendorReadsThem) {
  StreamCommands c;
  c.subscribe("btcusdt@trade");
  c.subscribe("ethusdt@bookTicker");
  c.unsubscribe("btcusdt@trade");
  EXPECT_EQ(c.take(0),
            R"({"method":"SUBSCRIBE","params":["btcusdt@trade","ethusdt@bookTicker"],"id":1})");
  EXPECT_EQ(c.take(kSecond), R"({"method":"UNSUBSCRIBE","params":["btcusdt@trade"],"id":2})");
  EXPECT_EQ(c.take(2 * kSecond), std::nullopt);
}

TEST(StreamCommands, NameAtMost200StreamsEach) {
  StreamCommands c;
  for (int i = 0; i < 450; ++i) c.subscribe("s" + std::to_string(i));
  std::vector<std::ptrdiff_t> names;
  for (std::int64_t t = 0; t < 10 * kSecond; t += kSecond)
    if (const auto message = c.take(t))
      names.push_back(std::count(message->begin(), message->end(), ',') - 1);
  EXPECT_THAT(names, testing::ElementsAre(200, 200, 50));
}

TEST(StreamCommands, NeverMoreThanFourInASecond) {
  StreamCommands c;
  for (int i = 0; i < 5'000; ++i) c.subscribe("s" + std::to_string(i));
  std::vector<std::int64_t> sent;
  for (std::int64_t t = 0; t < 10 * kSecond; t += kSecond / 1000)
    if (c.take(t)) sent.push_back(t);
  ASSERT_EQ(sent.size(), 25U);
  for (std::size_t i = 4; i < sent.size(); ++i) EXPECT_GT(sent[i] - sent[i - 4], kSecond);
}

TEST(StreamCommands, SayHowLongNothingIsToBeDone) {
  StreamCommands c;
  EXPECT_EQ(c.idle_for(0, 77), 77);
  c.subscribe("a");
  EXPECT_EQ(c.idle_for(0, kSecond), 0);
  c.take(0);
  c.unsubscribe("a");
  EXPECT_EQ(c.idle_for(100, kSecond), StreamCommands::kSpacingNs - 100);
}

TEST(StreamCommands, HalvesOfARefusedBatchStayApart) {
  StreamCommands c;
  c.subscribe("before");
  c.subscribe_in_halves({"a", "b", "c"});
  c.subscribe("after");
  const auto names = [](const std::string &n, int id) {
    return R"({"method":"SUBSCRIBE","params":[)" + n + R"(],"id":)" + std::to_string(id) + "}";
  };
  EXPECT_EQ(c.take(0), names(R"("before")", 1));
  EXPECT_EQ(c.take(kSecond), names(R"("a")", 2));
  EXPECT_EQ(c.take(2 * kSecond), names(R"("b","c")", 3));
  EXPECT_EQ(c.take(3 * kSecond), names(R"("after")", 4));
}

TEST(StreamCommands, AnAnswerSettlesItsBatchOnce) {
  StreamCommands c;
  c.subscribe("a");
  EXPECT_FALSE(c.settled());
  c.take(0);
  EXPECT_FALSE(c.settled());
  EXPECT_FALSE(c.answered(2).has_value());
  ASSERT_TRUE(c.answered(1).has_value());
  EXPECT_TRUE(c.settled());
  EXPECT_FALSE(c.answered(1).has_value());
}

TEST(StreamCommands, AnAnswerIsDueInTenSeconds) {
  StreamCommands c;
  c.subscribe("a");
  c.take(kSecond);
  EXPECT_EQ(c.overdue(11 * kSecond - 1), nullptr);
  ASSERT_NE(c.overdue(11 * kSecond), nullptr);
  EXPECT_THAT(c.overdue(11 * kSecond)->streams, testing::ElementsAre("a"));
}

}  // namespace
}  // namespace binance
