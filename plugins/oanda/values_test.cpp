// Times, names and grids.
#include "granularity.hpp"
#include "settings.hpp"
#include "symbols.hpp"
#include "test_support.hpp"
#include "times.hpp"

namespace oanda::test {
namespace {

TEST(Times, ReadBothShapesWithNoneToNineDecimals) {
  const std::int64_t second = 1'477'557'523 * kSecond;
  EXPECT_EQ(parse_time("2016-10-27T08:38:43.094548890Z"), second + 94'548'890);
  EXPECT_EQ(parse_time("2016-10-27T08:38:43Z"), second);
  EXPECT_EQ(parse_time("2016-10-27T08:38:43.5Z"), second + 500'000'000);
  EXPECT_EQ(parse_time("1477557523.094548890"), second + 94'548'890);
  EXPECT_EQ(parse_time("1477557523"), second);
  EXPECT_EQ(parse_time("1477557523.000000000"), second);
  EXPECT_EQ(parse_time("0"), 0);
  EXPECT_EQ(parse_time("2024-02-29T23:59:59.999999999Z"), 1'709'251'199 * kSecond + 999'999'999);
}

TEST(Times, RefuseEverythingElse) {
  for (const char *text :
       {"", "Z", "2016-10-27", "2016-10-27T08:38:43", "2016-10-27T08:38:43+02:00",
        "2016-13-27T08:38:43Z", "2023-02-29T00:00:00Z", "2016-10-27T24:00:00Z",
        "2016-10-27T08:60:43Z", "2016-10-27T08:38:43.Z", "2016-10-27T08:38:43.0123456789Z",
        "2016-10-27 08:38:43Z", "-5", "1477557523.", "1477557523.0123456789", "14775575230",
        "7258118400", "1969-12-31T23:59:59Z", "2016-10-27T08:38:43Z ", "1.4e9", "20161-0-27T"})
    EXPECT_FALSE(parse_time(text)) << text;
}

TEST(Times, AreWrittenAsTheVendorWritesThem) {
  for (const char *text : {"2016-10-27T08:38:43.094548890Z", "1970-01-01T00:00:00.000000000Z",
                           "2024-02-29T23:59:59.999999999Z"})
    EXPECT_EQ(format_time(*parse_time(text)), text);
}

TEST(Symbols, PairsAndIndicesBothWays) {
  const std::pair<const char *, const char *> table[] = {
      {"EUR/USD", "EUR_USD"},  {"USD/JPY", "USD_JPY"},  {"XAU/USD", "XAU_USD"},
      {"SPX", "SPX500_USD"},   {"US30", "US30_USD"},    {"NAS100", "NAS100_USD"},
      {"UK100", "UK100_GBP"},  {"JP225", "JP225_USD"},  {"HK50", "HK33_HKD"},
      {"EU50", "EU50_EUR"},    {"FR40", "FR40_EUR"},    {"AU200", "AU200_AUD"},
      {"BCO/USD", "BCO_USD"},  {"WTICO/USD", "WTICO_USD"}, {"USB10Y/USD", "USB10Y_USD"}};
  for (const auto &[canonical, vendor] : table) {
    EXPECT_EQ(vendor_symbol(canonical), vendor);
    EXPECT_EQ(canonical_symbol(vendor), canonical);
  }
}

// The DAX has had 40 members since 2021; OANDA's name is older.
TEST(Symbols, Trap_Germany40IsStillNamedDe30) {
  EXPECT_EQ(vendor_symbol("DE40"), "DE30_EUR");
  EXPECT_EQ(vendor_symbol("DE30"), "DE30_EUR");
  EXPECT_EQ(canonical_symbol("DE30_EUR"), "DE40");
  EXPECT_EQ(canonical_symbol("DE40_EUR"), "DE40");
}

TEST(Symbols, OtherNotationsMeanTheSame) {
  for (const char *text : {"EUR/USD", "EURUSD", "EUR_USD", "eur/usd"})
    EXPECT_EQ(vendor_symbol(text), "EUR_USD") << text;
  EXPECT_EQ(vendor_symbol("SPX500_USD"), "SPX500_USD");
}

TEST(Symbols, WhatCanBeNoneIsRefused) {
  for (const char *text : {"", "/", "EUR/", "/USD", "EUR/USD/X", "EUR-USD", "EUR USD", "AAPL",
                           "a%2Fb", "E\xc3\x84R/USD"})
    EXPECT_THROW(vendor_symbol(text), tapedeck::Error) << text;
  EXPECT_THROW(vendor_symbol(std::string(41, 'A')), tapedeck::Error);
}

TEST(Symbols, AssetClasses) {
  EXPECT_EQ(asset_class("EUR_USD", "CURRENCY", ""), TDK_ASSET_FX);
  EXPECT_EQ(asset_class("XAU_USD", "METAL", ""), TDK_ASSET_COMMODITY);
  EXPECT_EQ(asset_class("SPX500_USD", "CFD", ""), TDK_ASSET_INDEX);
  EXPECT_EQ(asset_class("NEW9_USD", "CFD", "INDEX_CFD"), TDK_ASSET_INDEX);
  EXPECT_EQ(asset_class("BCO_USD", "CFD", ""), TDK_ASSET_COMMODITY);
  EXPECT_EQ(asset_class("USB10Y_USD", "CFD", ""), TDK_ASSET_BOND);
  EXPECT_EQ(asset_class("UK10YB_GBP", "CFD", ""), TDK_ASSET_BOND);
  EXPECT_EQ(asset_class("BTC_USD", "CURRENCY", ""), TDK_ASSET_CRYPTO);
  EXPECT_EQ(asset_class("WHAT_USD", "CFD", ""), TDK_ASSET_OTHER);
}

TEST(Grid, MonthIsNotMinute) {
  EXPECT_EQ(find_granularity({TDK_UNIT_MONTH, 1}).name, "M");
  EXPECT_EQ(find_granularity({TDK_UNIT_MINUTE, 1}).name, "M1");
  EXPECT_EQ(interval_ids().size(), 21U);
}

// M3 has been answered with 200, undocumented; S1 and H24 do not exist.
TEST(Grid, Trap_GranularitiesAreCheckedBeforeTheyAreAsked) {
  const tdk_interval none[] = {{TDK_UNIT_MINUTE, 3}, {TDK_UNIT_SECOND, 1}, {TDK_UNIT_HOUR, 24}};
  for (const tdk_interval i : none) EXPECT_THROW(find_granularity(i), tapedeck::Error);
}

TEST(Grid, WeeksOpenOnMondayAndMonthsOnTheFirst) {
  const Granularity &week = find_granularity({TDK_UNIT_WEEK, 1});
  const Granularity &month = find_granularity({TDK_UNIT_MONTH, 1});
  EXPECT_EQ(floor(week, at("2024-05-05T23:59:59Z")), at("2024-04-29T00:00:00Z"));
  EXPECT_EQ(floor(week, at("2024-05-06T00:00:00Z")), at("2024-05-06T00:00:00Z"));
  EXPECT_EQ(floor(month, at("2024-02-29T12:00:00Z")), at("2024-02-01T00:00:00Z"));
  EXPECT_EQ(next_open(month, at("2023-12-01T00:00:00Z"), 3), at("2024-03-01T00:00:00Z"));
  EXPECT_EQ(slots(month, at("2023-01-02T00:00:00Z"), at("2024-01-02T00:00:00Z")), 12);
  EXPECT_EQ(slots(week, at("2024-05-06T00:00:00Z"), at("2024-05-20T00:00:01Z")), 3);
  EXPECT_EQ(ceil(week, at("2024-05-06T00:00:01Z")), at("2024-05-13T00:00:00Z"));
}

Settings settings_of(std::map<std::string, std::string> given) {
  std::vector<tdk_kv> kv;
  for (const auto &[k, v] : given) kv.push_back({tapedeck::str(k), tapedeck::str(v)});
  return read_settings(tapedeck::Config(kv.data(), kv.size()));
}

TEST(SettingsTest, EachEnvironmentHasItsHosts) {
  EXPECT_EQ(settings_of({}).base_url, "https://api-fxpractice.oanda.com");
  EXPECT_EQ(settings_of({}).stream_url, "https://stream-fxpractice.oanda.com");
  EXPECT_EQ(settings_of({{"environment", "live"}}).base_url, "https://api-fxtrade.oanda.com");
  EXPECT_EQ(settings_of({{"environment", "live"}}).stream_url, "https://stream-fxtrade.oanda.com");
}

TEST(SettingsTest, AnotherRestHostIsTheStreamingHostUnlessOneIsNamed) {
  const Settings one = settings_of({{"base_url", "http://127.0.0.1:1/oanda/"}});
  EXPECT_EQ(one.base_url, "http://127.0.0.1:1/oanda");
  EXPECT_EQ(one.stream_url, "http://127.0.0.1:1/oanda");
  const Settings named = settings_of({{"base_url", "https://api-fxtrade.oanda.com/"}});
  EXPECT_EQ(named.stream_url, "https://stream-fxtrade.oanda.com");
  const Settings two = settings_of({{"base_url", "http://a"}, {"stream_url", "https://b"}});
  EXPECT_EQ(two.stream_url, "https://b");
}

TEST(SettingsTest, RefusesWhatCannotBe) {
  const std::pair<const char *, const char *> table[] = {
      {"base_url", "ftp://x"},         {"stream_url", "wss://x"},
      {"account", "101/../x"},         {"token", "a b"},
      {"token", "a\r\nHost: x"},       {"requests_per_second", "0"},
      {"requests_per_second", "121"},  {"requests_per_second", "ten"}};
  for (const auto &[key, value] : table)
    EXPECT_THROW(settings_of({{key, value}}), tapedeck::Error) << key << " " << value;
  try {
    settings_of({{"token", "very secret"}});
  } catch (const tapedeck::Error &e) {
    EXPECT_THAT(e.what(), testing::Not(testing::HasSubstr("secret")));
  }
}

}  // namespace
}  // namespace oanda::test
