#include "sim/options.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace tapedeck::sim {
namespace {

TEST(Options, ListensOnLoopbackOnly) {
  EXPECT_EQ(parse_listen("127.0.0.1:8081").port, 8081);
  EXPECT_EQ(parse_listen("localhost:0").host, "127.0.0.1");
  for (const char *text : {"0.0.0.0:80", "192.168.1.2:80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x",
                           "127.0.0.1:70000", "example.com:80", ":80"})
    EXPECT_THROW(parse_listen(text), std::invalid_argument) << text;
}

TEST(Options, TakesACsvSourceApart) {
  const CsvSource source = parse_csv_source("binance:BTCUSD:1m=dir/a=b.csv.gz");
  EXPECT_EQ(source.vendor, "binance");
  EXPECT_EQ(source.symbol, "BTCUSD");
  EXPECT_EQ(source.interval.length_ms, 60'000);
  EXPECT_EQ(source.file, "dir/a=b.csv.gz");
  for (const char *text : {"binance:BTCUSD=f", "binance:BTCUSD:1m", "binance:BTCUSD:1m=",
                           "binance:BTCUSD:7m=f", "binance:BTCUSD:1M=f", "binance::1m=f"})
    EXPECT_THROW(parse_csv_source(text), std::invalid_argument) << text;
}

TEST(Options, TakesTicksApart) {
  const TickSource source = parse_tick_source("oanda:EURUSD=dir/a=b:c.csv.gz");
  EXPECT_EQ(source.vendor, "oanda");
  EXPECT_EQ(source.symbol, "EURUSD");
  EXPECT_EQ(source.file, "dir/a=b:c.csv.gz");
  for (const char *text : {"oanda=f", "oanda:=f", ":EURUSD=f", "oanda:EURUSD=", "oanda:EURUSD", ""})
    EXPECT_THROW(parse_tick_source(text), std::invalid_argument) << text;
}

TEST(Options, TakesAReplayApart) {
  const ReplaySource source = parse_replay_source("binance=dir/a=b.jsonl.gz");
  EXPECT_EQ(source.vendor, "binance");
  EXPECT_EQ(source.file, "dir/a=b.jsonl.gz");
  for (const char *text : {"binance", "binance=", "=file", ""})
    EXPECT_THROW(parse_replay_source(text), std::invalid_argument) << text;
}

TEST(Options, TakesAVendorsSettingApart) {
  const VendorSetting setting = parse_vendor_setting("polygon.deny=I:SPX,Q.AAPL=1");
  EXPECT_EQ(setting.vendor, "polygon");
  EXPECT_EQ(setting.name, "deny");
  EXPECT_EQ(setting.value, "I:SPX,Q.AAPL=1");
  for (const char *text : {"polygon", "polygon=free", "polygon.=x", ".plan=free", ""})
    EXPECT_THROW(parse_vendor_setting(text), std::invalid_argument) << text;
}

}  // namespace
}  // namespace tapedeck::sim
