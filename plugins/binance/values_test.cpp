// Decimals, intervals, symbols and excerpts: the small pure functions.
#include "decimals.hpp"
#include "intervals.hpp"
#include "kit/text.hpp"
#include "symbols.hpp"

#include <tapedeck/layer/core.hpp>

#include <gmock/gmock.h>

namespace binance {
namespace {

TEST(ScanDecimal, GivesTheExactMantissa) {
  struct Row {
    const char *text;
    int exp;
    Scan scan;
    std::int64_t mantissa;
  };
  const Row table[] = {
      {"12345.67890000", -8, Scan::Ok, 1'234'567'890'000},
      {"0.00000001", -8, Scan::Ok, 1},
      {"9999999999.99999999", -8, Scan::Ok, 999'999'999'999'999'999},
      {"92233720368.54775807", -8, Scan::Ok, std::numeric_limits<std::int64_t>::max()},
      {"92233720368.54775808", -8, Scan::TooLarge, 0},
      {"92233720368.54775800", -6, Scan::Ok, 92'233'720'368'547'758},
      {"1", -8, Scan::Ok, 100'000'000},
      {"1.5", -2, Scan::Ok, 150},
      {"1.5", 0, Scan::TooPrecise, 0},
      {"1.500000000000", -8, Scan::Ok, 150'000'000},
      {"1.000000000001", -8, Scan::TooPrecise, 0},
      {"00000000000000000000001", 0, Scan::Ok, 1},
      {"", -8, Scan::Malformed, 0},
      {".", -8, Scan::Malformed, 0},
      {"1.", -8, Scan::Malformed, 0},
      {".5", -8, Scan::Malformed, 0},
      {"1..5", -8, Scan::Malformed, 0},
      {"+1.00000000", -8, Scan::Malformed, 0},
      {"-1.00000000", -8, Scan::Malformed, 0},
      {"1.0000000x", -8, Scan::Malformed, 0},
      {"x.00000000", -8, Scan::Malformed, 0},
      {" 1.00000000", -8, Scan::Malformed, 0},
      {"1,00000000", -8, Scan::Malformed, 0},
  };
  for (const Row &r : table) {
    std::int64_t mantissa = 0;
    EXPECT_EQ(scan_decimal(r.text, r.exp, mantissa), r.scan) << r.text;
    if (r.scan == Scan::Ok) {
      EXPECT_EQ(mantissa, r.mantissa) << r.text;
    }
  }
}

TEST(Intervals, KnowTheGrid) {
  const Interval &week = find_interval({TDK_UNIT_WEEK, 1});
  const Interval &month = find_interval({TDK_UNIT_MONTH, 1});
  EXPECT_TRUE(on_grid(week, 1'499'040'000'000));   // Monday
  EXPECT_FALSE(on_grid(week, 1'499'126'400'000));  // Tuesday
  EXPECT_TRUE(on_grid(month, 1'577'836'800'000));  // 2020-01-01
  EXPECT_FALSE(on_grid(month, 1'577'836'800'001));
  EXPECT_EQ(next_open(month, 1'577'836'800'000), 1'580'515'200'000);  // 2020-02-01
}

TEST(Intervals, RefuseWhatBinanceHasNotWithTheListOfWhatThereIs) {
  try {
    find_interval({TDK_UNIT_MINUTE, 7});
    FAIL();
  } catch (const tapedeck::Error &e) {
    EXPECT_EQ(e.code(), TDK_INVALID_ARGUMENT);
    EXPECT_THAT(e.what(), testing::HasSubstr("1s 1m 5m 15m 30m 1h 4h 1d 1w 1M"));
  }
}

TEST(VendorSymbol, DropsTheSlashAndIsUpperCase) {
  EXPECT_EQ(vendor_symbol("BTC/USDT"), "BTCUSDT");
  EXPECT_EQ(vendor_symbol("btc/usdt"), "BTCUSDT");
  EXPECT_EQ(vendor_symbol("BTCUSDT"), "BTCUSDT");
  EXPECT_EQ(vendor_symbol("1000SATS/USDT"), "1000SATSUSDT");
  EXPECT_EQ(vendor_symbol("\xe5\xb8\x81/USDT"), "\xe5\xb8\x81USDT");
}

TEST(VendorSymbol, RefusesWhatCannotBeASymbol) {
  const std::string table[] = {"",
                               "/",
                               "BTC/",
                               "/USDT",
                               "BTC/US/DT",
                               "BTC USDT",
                               "BTC&limit=1",
                               "BTC\"",
                               "BTC%20",
                               std::string("B\0C", 3),
                               std::string(51, 'A')};
  for (const std::string &symbol : table) {
    try {
      vendor_symbol(symbol);
      ADD_FAILURE() << "accepted " << symbol;
    } catch (const tapedeck::Error &e) {
      EXPECT_EQ(e.code(), TDK_INVALID_ARGUMENT) << symbol;
    }
  }
}

TEST(Text, ExcerptsAreShortAndPrintable) {
  EXPECT_EQ(kit::excerpt("a\nb\xff", 60), "a?b?");
  EXPECT_EQ(kit::excerpt("abcdef", 3), "abc...");
  EXPECT_EQ(kit::percent_encoded("[\"A_b\"]"), "%5B%22A_b%22%5D");
}

}  // namespace
}  // namespace binance
