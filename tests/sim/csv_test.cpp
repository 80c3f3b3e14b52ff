#include "sim/csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "sim/csv_series.hpp"
#include "sim/gzip.hpp"
#include "sim/time_text.hpp"

namespace tapedeck::sim {
namespace {

class CsvFile : public testing::Test {
 protected:
  ~CsvFile() override { std::filesystem::remove(path); }

  CsvTable load(const std::string &text, std::int64_t step_ms = kMinuteMs) {
    std::ofstream(path, std::ios::binary) << text;
    return load_csv(path, step_ms);
  }
  std::string error_of(const std::string &text) {
    try {
      load(text);
    } catch (const CsvError &error) {
      return std::string(error.what()).substr(path.string().size());
    }
    return "no error";
  }

  const std::filesystem::path path =
      std::filesystem::path(testing::TempDir()) /
      (std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) +
       std::to_string(getpid()) + ".csv");
};

const std::string kHeader = "time_ms,open,close,high,low,volume\n";

TEST_F(CsvFile, FindsColumnsByNameAndKeepsNumbersExact) {
  const CsvTable table = load(
      "extra,VOLUME,Close,low,high,open,\"Timestamp\"\r\n"
      "x,62.874248,322.09,322.08,322.31,322.3,2015-01-01T00:00:00Z\r\n"
      "y,0.00000001,1e-05,0,92233720368.54775807,2,1420070460\r\n");
  ASSERT_EQ(table.size(), 2U);
  EXPECT_EQ(table.open_time, (std::vector<std::int64_t>{1420070400000, 1420070460000}));
  EXPECT_EQ(table.volume, (std::vector<std::int64_t>{6'287'424'800, 1}));
  EXPECT_EQ(table.close, (std::vector<std::int64_t>{32'209'000'000, 1'000}));
  EXPECT_EQ(table.high[1], std::numeric_limits<std::int64_t>::max());
}

TEST_F(CsvFile, ReadsGzipToo) {
  const CsvTable table = load(gzip(kHeader + "1420070400000,1,2,3,0.5,4\n"));
  ASSERT_EQ(table.size(), 1U);
  EXPECT_EQ(table.close[0], 2 * kUnit);
}

TEST_F(CsvFile, NamesFileAndLineOfEveryFault) {
  const std::string row = "1420070400000,1,2,3,0.5,4\n";
  const std::pair<std::string, std::string> cases[] = {
      {"", ":1: the file is empty"},
      {kHeader, ":2: no rows"},
      {"time,open,high,low,close\n" + row, ":1: no column 'volume'"},
      {"time,time_ms,open,high,low,close,volume\n", ":1: column 'time' is there twice"},
      {kHeader + row + row, ":3: time 2015-01-01T00:00:00.000Z is there twice"},
      {kHeader + row + "1420070340000,1,2,3,0.5,4\n",
       ":3: time 2014-12-31T23:59:00.000Z comes after"},
      {kHeader + "1420070400000,1,2,3,0.5\n", ":2: no value for 'volume'"},
      {kHeader + "1420070400000,1,2,x,0.5,4\n", ":2: high 'x' is not a decimal number"},
      {kHeader + row + "1420070460000,0.123456789,2,3,0.5,4\n",
       ":3: open '0.123456789' has more than 8"},
      {kHeader + "yesterday,1,2,3,0.5,4\n", ":2: time 'yesterday'"},
      {kHeader + "1420070401000,1,2,3,0.5,4\n", ":2: time '1420070401000' is no multiple"},
      {kHeader + "1420070400000,1,2,3,0.5,-4\n", ":2: volume '-4' is negative"},
  };
  for (const auto &[text, message] : cases)
    EXPECT_THAT(error_of(text), testing::StartsWith(message)) << text;
  EXPECT_THROW(load_csv("no/such/file.csv", kMinuteMs), CsvError);
}

TEST_F(CsvFile, SeriesLeavesHolesAndAggregatesWhatIsThere) {
  // 00:00, 00:01, 00:03, then nothing until 00:10.
  const CsvSeries series(1,
                         load(kHeader + "1420070400000,1,2,3,0.5,1\n1420070460000,2,3,4,1,2\n"
                                        "1420070580000,3,4,9,2,3\n1420071000000,4,5,6,3,4\n"),
                         kMinuteMs);
  const std::int64_t base = 1420070400000;
  std::vector<Candle> rows;
  const auto ask = [&](const char *interval, std::int64_t from, std::int64_t to, std::size_t limit,
                       bool newest) {
    series.candles({Grid(*find_interval(interval)), from, to, limit, newest, base + kDayMs}, rows);
    std::vector<std::int64_t> minutes;
    for (const Candle &row : rows) minutes.push_back((row.open_time - base) / kMinuteMs);
    return minutes;
  };
  using Minutes = std::vector<std::int64_t>;
  EXPECT_EQ(ask("1m", 0, kNoTimeLimit, 500, false), (Minutes{0, 1, 3, 10}));
  EXPECT_EQ(ask("1m", base + 1, base + 3 * kMinuteMs, 500, false), (Minutes{1, 3}));
  EXPECT_EQ(ask("1m", -kNoTimeLimit, kNoTimeLimit, 2, true), (Minutes{3, 10}));
  EXPECT_EQ(ask("1m", base + 4 * kMinuteMs, base + 9 * kMinuteMs, 500, false), (Minutes{}));
  EXPECT_EQ(ask("1s", 0, kNoTimeLimit, 500, false), (Minutes{}));
  EXPECT_EQ(ask("5m", -kNoTimeLimit, base, 500, true), (Minutes{0}));
  EXPECT_EQ(ask("5m", 0, kNoTimeLimit, 500, false), (Minutes{0, 10}));
  EXPECT_EQ(rows[0].open, 1 * kUnit);
  EXPECT_EQ(rows[0].high, 9 * kUnit);
  EXPECT_EQ(rows[0].low, kUnit / 2);
  EXPECT_EQ(rows[0].close, 4 * kUnit);
  EXPECT_EQ(rows[0].volume, 6 * kUnit);
}

TEST_F(CsvFile, SeriesDoesNotShowTheFuture) {
  const CsvSeries series(
      1, load(kHeader + "1420070400000,1,2,3,0.5,100\n1420070460000,2,3,4,1,2\n"), kMinuteMs);
  std::vector<Candle> rows;
  const Grid grid(*find_interval("1m"));
  series.candles({grid, 0, kNoTimeLimit, 10, false, 1420070400000 + 10'000}, rows);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_LT(rows[0].volume, 100 * kUnit);
  series.candles({grid, 0, kNoTimeLimit, 10, false, 1420070400000 + kMinuteMs}, rows);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].volume, 100 * kUnit);
}

}  // namespace
}  // namespace tapedeck::sim
