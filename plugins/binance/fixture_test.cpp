// Recorded answers, which are not ours to ship: read from the shared folder where there is one.
#include "parse.hpp"
#include "refusal.hpp"

#include <tapedeck/layer/core.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace binance {
namespace {

constexpr std::int64_t kMs = 1'000'000;

std::filesystem::path folder() {
  const char *shared = std::getenv("TAPEDECK_SHARED");
  return std::filesystem::path(shared ? shared : TAPEDECK_SHARED_DEFAULT) / "fixtures" / "binance";
}

class FixtureTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::is_directory(folder()))
      GTEST_SKIP() << "no recorded answers in " << folder() << "; set TAPEDECK_SHARED";
  }
  static std::string body(const std::string &name) {
    std::ifstream in(folder() / name, std::ios::binary);
    EXPECT_TRUE(in) << name;
    std::stringstream out;
    out << in.rdbuf();
    return out.str();
  }
};

struct KlinesFile {
  const char *name;
  tdk_interval interval;
  std::size_t rows;
  std::int64_t first_open_ms, last_open_ms;
  std::int64_t first_open, last_close, first_volume, last_turnover, last_trades;
};

TEST_F(FixtureTest, KlinesDecodeExactly) {
  constexpr tdk_interval k1m{TDK_UNIT_MINUTE, 1}, k5m{TDK_UNIT_MINUTE, 5}, k1h{TDK_UNIT_HOUR, 1};
  constexpr tdk_interval k1d{TDK_UNIT_DAY, 1}, k1w{TDK_UNIT_WEEK, 1};
  const KlinesFile table[] = {
      {"doc_rest_klines.json", k1w, 1, 1499040000000, 1499040000000, 1634790, 1577100,
       14897611427815, 243419055334, 308},
      {"doc_rest_uiKlines.json", k1w, 1, 1499040000000, 1499040000000, 1634790, 1577100,
       14897611427815, 243419055334, 308},
      {"lgpl-nautilus/rest_klines_1m_2021.json", k1m, 10, 1634943780000, 1634944320000,
       6068522000000, 6073985000000, 2163272000, 287542449900, 7},
      {"real_rest_klines_1d_2019_365.json", k1d, 365, 1546300800000, 1577750400000, 370123000000,
       719523000000, 2374168703300, 18751839934504001, 251976},
      {"real_rest_klines_1d_ethbtc_6.json", k1d, 6, 1672531200000, 1672963200000, 7229900, 7487500,
       2942592980000, 473904721247, 108923},
      {"real_rest_klines_1h_page1_1000.json", k1h, 1000, 1588280400000, 1591876800000, 881915000000,
       972137000000, 308956054500, 3607507615189109, 41291},
      {"real_rest_klines_1h_page2_468_with_gap.json", k1h, 468, 1591880400000, 1593572400000,
       972137000000, 913859000000, 888903670100, 613785002029632, 9955},
      {"real_rest_klines_1m_start_equals_end.json", k1m, 1, 1588636800000, 1588636800000,
       887192000000, 888762000000, 4766737000, 42330563773405, 617},
      {"real_rest_klines_1m_unaligned_range.json", k1m, 60, 1588740120000, 1588743660000,
       903334000000, 901601000000, 3119296800, 15233324938438, 194},
      {"real_rest_klines_5m_limit24.json", k5m, 24, 1586987400000, 1586994300000, 673355000000,
       662584000000, 12120139100, 33594061968591, 626},
      {"real_rest_klines_5m_limit_cuts_range.json", k5m, 24, 1577836800000, 1577843700000,
       719524000000, 721627000000, 9550913300, 27587449091546, 519},
  };
  for (const KlinesFile &f : table) {
    SCOPED_TRACE(f.name);
    Klines page;
    const KlinesAsked asked{"X", &find_interval(f.interval), f.first_open_ms, f.last_open_ms + 1,
                            1000};
    parse_klines(body(f.name), asked, page);
    ASSERT_EQ(page.count, f.rows);
    const auto at = [&](Klines::Column c, std::size_t row) { return page.column[c][row]; };
    const std::size_t last = f.rows - 1;
    EXPECT_EQ(page.price_exp, -8);
    EXPECT_EQ(at(Klines::kOpenTime, 0), f.first_open_ms * kMs);
    EXPECT_EQ(at(Klines::kOpenTime, last), f.last_open_ms * kMs);
    EXPECT_EQ(at(Klines::kOpen, 0), f.first_open);
    EXPECT_EQ(at(Klines::kClose, last), f.last_close);
    EXPECT_EQ(at(Klines::kVolume, 0), f.first_volume);
    EXPECT_EQ(at(Klines::kTurnover, last), f.last_turnover);
    EXPECT_EQ(at(Klines::kTrades, last), f.last_trades);
  }
}

TEST_F(FixtureTest, TheRecordedHoleStaysAHole) {
  Klines page;
  const KlinesAsked asked{"BTCUSDT", &find_interval({TDK_UNIT_HOUR, 1}), 1591880400000,
                          1593572400001, 1000};
  parse_klines(body("real_rest_klines_1h_page2_468_with_gap.json"), asked, page);
  const auto &open = page.column[Klines::kOpenTime];
  constexpr std::int64_t kHour = 3'600'000 * kMs, kBefore = 1'593'306'000'000 * kMs;  // 06-28 01:00
  const auto at = std::lower_bound(open.begin(), open.begin() + 468, kBefore);
  ASSERT_EQ(*at, kBefore);
  EXPECT_EQ(at[1] - at[0], 4 * kHour);
}

TEST_F(FixtureTest, EveryDocumentedErrorHasItsClass) {
  struct Row {
    const char *name;
    int http;
    tdk_status status;
  };
  const Row table[] = {
      {"doc_rest_error_-1000.json", 500, TDK_UNAVAILABLE},
      {"doc_rest_error_-1001.json", 500, TDK_UNAVAILABLE},
      {"doc_rest_error_-1003_429_weight.json", 429, TDK_RATE_LIMITED},
      {"doc_rest_error_-1007.json", 504, TDK_UNAVAILABLE},
      {"doc_rest_error_-1008.json", 503, TDK_UNAVAILABLE},
      {"doc_rest_error_-1016.json", 400, TDK_UNAVAILABLE},
      {"doc_rest_error_-1100_symbol.json", 400, TDK_INVALID_ARGUMENT},
      {"doc_rest_error_-1101_duplicate.json", 400, TDK_INVALID_ARGUMENT},
      {"doc_rest_error_-1101_too_many.json", 400, TDK_INVALID_ARGUMENT},
      {"doc_rest_error_-1102_symbol_missing.json", 400, TDK_INVALID_ARGUMENT},
      {"doc_rest_error_-1104.json", 400, TDK_INVALID_ARGUMENT},
      {"doc_rest_error_-1105.json", 400, TDK_INVALID_ARGUMENT},
      {"doc_rest_error_-1120.json", 400, TDK_INVALID_ARGUMENT},
      {"doc_rest_error_-1121.json", 400, TDK_NOT_FOUND},
      {"doc_rest_error_-1128.json", 400, TDK_INVALID_ARGUMENT},
      {"doc_rest_error_-1130.json", 400, TDK_INVALID_ARGUMENT},
      {"doc_rest_error_-1139.json", 400, TDK_INVALID_ARGUMENT},
      {"doc_rest_error_-1151.json", 400, TDK_INVALID_ARGUMENT},
  };
  for (const Row &r : table) {
    const std::string text = body(r.name);
    EXPECT_EQ(refusal("x", {r.http, text, ""}, 0).code(), r.status) << r.name;
  }
  std::size_t files = 0;
  for (const auto &entry : std::filesystem::directory_iterator(folder()))
    files += entry.path().filename().string().starts_with("doc_rest_error_");
  EXPECT_EQ(files, std::size(table)) << "a recorded error without a row here";
}

TEST_F(FixtureTest, TheRecordedBanNamesItsEnd) {
  const std::string text = body("licence-unknown/rest_error_418_ban.json");
  const tapedeck::Error e = refusal("x", {418, text, ""}, 1785050129644 - 5000);
  EXPECT_EQ(e.code(), TDK_RATE_LIMITED);
  EXPECT_EQ(e.retry_after_ms(), 5000);
}

TEST_F(FixtureTest, TickersOfEveryShape) {
  const std::pair<const char *, std::size_t> table[] = {
      {"doc_rest_ticker_24hr_full.json", 1},
      {"doc_rest_ticker_24hr_full_array.json", 1},
      {"doc_rest_ticker_24hr_mini.json", 1},
      {"doc_rest_ticker_24hr_mini_array.json", 2},
      {"doc_rest_ticker_bookTicker.json", 1},
      {"doc_rest_ticker_bookTicker_array.json", 2},
      {"lgpl-nautilus/rest_bookTicker_2021.json", 1},
      {"real_rest_ticker_bookTicker_2020.json", 1},
      {"real_rest_ticker_24hr_doge_2021.json", 1},
      {"real_rest_ticker_24hr_two_symbols_2024-11-01.json", 2},
  };
  for (const auto &[name, count] : table)
    EXPECT_EQ(parse_tickers(body(name)).size(), count) << name;
  EXPECT_GT(parse_tickers(body("real_rest_ticker_24hr_all_cut_2024-11-01.json")).size(), 2U);
  const auto two = parse_tickers(body("real_rest_ticker_24hr_two_symbols_2024-11-01.json"));
  EXPECT_EQ(two[0].symbol, "BTCUSDT");
  EXPECT_EQ(two[0].bid, 6962400000000);
  EXPECT_EQ(two[0].ask_size, 852891000);
  EXPECT_EQ(two[0].volume, 3327839129000);
  EXPECT_EQ(two[1].time_ms, 1730439018420);
}

TEST_F(FixtureTest, ExchangeInfoLists25Symbols) {
  const auto info = parse_exchange_info(body("real_rest_exchangeInfo_25symbols_2025-08-07.json"));
  ASSERT_EQ(info.listings.size(), 25U);
  EXPECT_EQ(info.weight_per_minute, 6000U);
  EXPECT_EQ(info.requests_per_five_minutes, 61000U);
  const auto halted = std::count_if(info.listings.begin(), info.listings.end(),
                                    [](const Listing &l) { return l.status == TDK_SYMBOL_HALTED; });
  EXPECT_EQ(halted, 13);
  EXPECT_EQ(info.listings[11].symbol, "BTC/USDT");
  EXPECT_EQ(info.listings[11].price_exp, -2);
  EXPECT_EQ(parse_exchange_info(body("doc_rest_exchangeInfo_shape.json")).listings.size(), 1U);
  EXPECT_GE(parse_exchange_info(body("lgpl-nautilus/rest_exchangeInfo_2021.json")).listings.size(),
            1U);
}

TEST_F(FixtureTest, ServerTime) {
  EXPECT_EQ(parse_server_time(body("doc_rest_time.json")), 1499827319559);
  EXPECT_EQ(parse_server_time(body("lgpl-nautilus/rest_time_2021.json")), 1633835466289);
}

// Answers of the endpoints this plugin does not use are refused, not misread.
TEST_F(FixtureTest, OtherEndpointsAreNotKlines) {
  const KlinesAsked asked{"X", &find_interval({TDK_UNIT_MINUTE, 1}), 0, 1'800'000'000'000, 1000};
  const std::string prefixes[] = {"doc_rest_", "real_rest_"};
  Klines page;
  for (const auto &entry : std::filesystem::directory_iterator(folder())) {
    const std::string name = entry.path().filename().string();
    const bool rest = name.starts_with(prefixes[0]) || name.starts_with(prefixes[1]);
    if (!rest || name.find("lines") != name.npos) continue;
    EXPECT_THROW(parse_klines(body(name), asked, page), tapedeck::Error) << name;
  }
}

}  // namespace
}  // namespace binance
