// Answers have the shape of recorded Binance bodies: the same keys, JSON types and decimals.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "sim/test_client.hpp"

namespace tapedeck::sim {
namespace {

namespace json = boost::json;

std::filesystem::path fixtures() {
  const char *shared = std::getenv("TAPEDECK_SHARED");
  return std::filesystem::path(shared != nullptr ? shared : TAPEDECK_SHARED_DEFAULT) / "fixtures" /
         "binance";
}

json::value recorded(const std::string &name) {
  std::ifstream in(fixtures() / name);
  EXPECT_TRUE(in) << name;
  std::stringstream text;
  text << in.rdbuf();
  return json::parse(text.str());
}

std::set<std::string> keys(const json::object &object) {
  std::set<std::string> out;
  for (const auto &field : object) out.insert(field.key());
  return out;
}

/// Digits behind the point, -1 for text that is no decimal.
int decimals(const json::string &text) {
  const std::string_view view(text.data(), text.size());
  if (view.find_first_not_of("-0123456789.") != std::string_view::npos || view.empty()) return -1;
  const std::size_t point = view.find('.');
  return point == std::string_view::npos ? 0 : static_cast<int>(view.size() - point - 1);
}

bool is_count(const json::value &value) { return value.is_int64() || value.is_uint64(); }

/// Compares what is there in both; array elements are compared with the first recorded one.
void same_shape(const json::value &ours, const json::value &theirs, const std::string &at) {
  if (is_count(ours) && is_count(theirs)) return;
  ASSERT_EQ(ours.kind(), theirs.kind()) << at;
  if (ours.is_string()) {
    EXPECT_EQ(decimals(ours.as_string()), decimals(theirs.as_string())) << at << ": " << ours;
  }
  if (ours.is_object()) {
    EXPECT_EQ(keys(ours.as_object()), keys(theirs.as_object())) << at;
    for (const auto &field : ours.as_object())
      if (const auto *other = theirs.as_object().if_contains(field.key()))
        same_shape(field.value(), *other, at + "." + std::string(field.key()));
  }
}

/// Elements one by one; rows of plain values (klines, levels) are compared column by column.
void same_rows(const json::array &ours, const json::array &theirs, const std::string &at) {
  ASSERT_FALSE(ours.empty()) << at;
  ASSERT_FALSE(theirs.empty()) << at;
  for (const json::value &row : ours) {
    if (!row.is_array()) {
      same_shape(row, theirs[0], at);
      continue;
    }
    ASSERT_EQ(row.as_array().size(), theirs[0].as_array().size()) << at;
    for (std::size_t i = 0; i < row.as_array().size(); ++i)
      same_shape(row.at(i), theirs[0].at(i), at + "[" + std::to_string(i) + "]");
  }
}

class Fixtures : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(fixtures()))
      GTEST_SKIP() << "no recorded bodies in " << fixtures() << "; set TAPEDECK_SHARED";
  }
  json::value ask(const std::string &query) {
    const Answer answer = TestClient(simulator).get("/binance/api/v3/" + query);
    EXPECT_EQ(answer.status, 200) << query;
    return json::parse(answer.body);
  }
  Simulator simulator{[] {
    Options options;
    options.start_ms = 1'714'557'630'500;
    options.speed = 0;
    return options;
  }()};
};

TEST_F(Fixtures, Klines) {
  for (const char *interval : {"1s", "1m", "5m", "1d", "1M"}) {
    const auto ours = ask(std::string("klines?symbol=BTCUSDT&limit=20&interval=") + interval);
    same_rows(ours.as_array(), recorded("real_rest_klines_5m_limit24.json").as_array(), interval);
    EXPECT_EQ(ours.at(0).at(11).as_string(), "0");
  }
}

TEST_F(Fixtures, ExchangeInfo) {
  const auto ours = ask("exchangeInfo");
  const auto theirs = recorded("real_rest_exchangeInfo_25symbols_2025-08-07.json");
  same_shape(ours, theirs, "exchangeInfo");
  EXPECT_EQ(ours.at("rateLimits").as_array().size(), theirs.at("rateLimits").as_array().size());
  same_rows(ours.at("rateLimits").as_array(), theirs.at("rateLimits").as_array(), "rateLimits");
  same_rows(ours.at("symbols").as_array(), theirs.at("symbols").as_array(), "symbols");
  const auto &mine = ours.at("symbols").at(0).at("filters").as_array();
  const auto &real = theirs.at("symbols").at(0).at("filters").as_array();
  ASSERT_EQ(mine.size(), real.size());
  for (std::size_t i = 0; i < mine.size(); ++i) {
    EXPECT_EQ(mine[i].at("filterType"), real[i].at("filterType"));
    same_shape(mine[i], real[i], "filter");
  }
}

TEST_F(Fixtures, Tickers) {
  const auto two = recorded("real_rest_ticker_24hr_two_symbols_2024-11-01.json");
  ASSERT_EQ(two.as_array().size(), 2U);
  same_rows(ask("ticker/24hr?symbols=%5B%22BTCUSDT%22,%22ETHBTC%22%5D").as_array(), two.as_array(),
            "24hr");
  same_rows(ask("ticker/24hr").as_array(), two.as_array(), "24hr all");
  same_shape(ask("ticker/24hr?symbol=BTCUSDT&type=MINI"),
             recorded("doc_rest_ticker_24hr_mini.json"), "mini");
  same_shape(ask("ticker/price?symbol=BTCUSDT"), recorded("real_rest_ticker_price_2020.json"),
             "price");
  same_shape(ask("ticker/bookTicker?symbol=BTCUSDT"),
             recorded("real_rest_ticker_bookTicker_2020.json"), "bookTicker");
  same_shape(ask("avgPrice?symbol=BTCUSDT"), recorded("licence-unknown/rest_avgPrice_2026.json"),
             "avgPrice");
}

TEST_F(Fixtures, BookAndTrades) {
  const auto theirs = recorded("real_rest_depth_1000_btcusdt_2024-08-08.json");
  const auto ours = ask("depth?symbol=BTCUSDT&limit=1000");
  same_shape(ours, theirs, "depth");
  EXPECT_EQ(ours.at("bids").as_array().size(), 1000U);
  same_rows(ours.at("bids").as_array(), theirs.at("bids").as_array(), "bids");
  same_rows(ours.at("asks").as_array(), theirs.at("asks").as_array(), "asks");
  same_rows(ask("trades?symbol=ETHBTC&limit=50").as_array(),
            recorded("real_rest_trades_ethbtc_2023.json").as_array(), "trades");
  same_rows(ask("aggTrades?symbol=ETHBTC&limit=50").as_array(),
            recorded("real_rest_aggTrades_fromId_2020.json").as_array(), "aggTrades");
}

TEST_F(Fixtures, Errors) {
  const std::pair<const char *, const char *> cases[] = {
      {"klines?symbol=NOPE&interval=1m", "doc_rest_error_-1121.json"},
      {"klines?symbol=BTCUSDT&interval=7m", "doc_rest_error_-1120.json"},
      {"klines?interval=1m", "doc_rest_error_-1102_symbol_missing.json"},
      {"klines?symbol=BTCUSDT&interval=1m&x=1", "doc_rest_error_-1104.json"},
      {"ping?x=1", "doc_rest_error_-1101_too_many.json"},
      {"klines?symbol=A&symbol=B&interval=1m", "doc_rest_error_-1101_duplicate.json"},
      {"klines?symbol=BTCUSDT&interval=1m&limit=0", "doc_rest_error_-1130.json"},
  };
  for (const auto &[query, file] : cases)
    EXPECT_EQ(json::parse(TestClient(simulator).get(std::string("/binance/api/v3/") + query).body),
              recorded(file))
        << query;
}

}  // namespace
}  // namespace tapedeck::sim
