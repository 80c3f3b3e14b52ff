// The parts of the streams that need no socket: frames, names, the clock's listeners.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/binance/stream_name.hpp"
#include "sim/sim_clock.hpp"
#include "sim/ws_frame.hpp"

namespace tapedeck::sim {
namespace {

/// A frame as a client sends it: masked.
std::string client_frame(Opcode opcode, const std::string &payload) {
  std::string frame;
  append_frame(frame, opcode, payload);
  const std::size_t head = frame.size() - payload.size();
  frame[1] = static_cast<char>(static_cast<unsigned char>(frame[1]) | 0x80);
  const std::string mask = "\x11\x22\x33\x44";
  frame.insert(head, mask);
  for (std::size_t i = 0; i < payload.size(); ++i)
    frame[head + 4 + i] = static_cast<char>(frame[head + 4 + i] ^ mask[i % 4]);
  return frame;
}

TEST(WsFrame, TakesFramesOfAllLengthsPieceByPiece) {
  for (const std::size_t size : {0U, 5U, 125U, 126U, 65'535U, 65'536U, 100'000U}) {
    const std::string payload(size, 'x');
    const std::string whole = client_frame(Opcode::Text, payload);
    std::string buffer;
    Frame frame;
    for (const std::size_t cut : {std::size_t{1}, whole.size() / 2, whole.size() - 1}) {
      buffer = whole.substr(0, cut);
      EXPECT_EQ(take_frame(buffer, frame), Decoded::NeedMore) << size << " cut at " << cut;
    }
    buffer = whole + "rest";
    ASSERT_EQ(take_frame(buffer, frame), Decoded::Frame) << size;
    EXPECT_EQ(frame.payload, payload);
    EXPECT_EQ(buffer, "rest");
  }
}

TEST(WsFrame, RefusesWhatTheProtocolForbids) {
  std::string unmasked;
  append_frame(unmasked, Opcode::Text, "x");
  std::string reserved = client_frame(Opcode::Text, "x");
  reserved[0] = static_cast<char>(0xc1);
  std::string opcode = client_frame(Opcode::Text, "x");
  opcode[0] = static_cast<char>(0x83);
  const std::string long_ping = client_frame(Opcode::Ping, std::string(126, 'x'));
  const std::string too_long = client_frame(Opcode::Text, std::string(kMaxClientFrame + 1, 'x'));
  for (std::string bytes : {unmasked, reserved, opcode, long_ping, too_long}) {
    Frame frame;
    EXPECT_EQ(take_frame(bytes, frame), Decoded::Broken) << bytes.size();
  }
}

TEST(StreamName, KnowsWhatBinanceCallsAStream) {
  using binance::parse_stream_name;
  for (const char *name : {"btcusdt@trade", "1000sats@kline_1M", "btcusdt@kline_1m",
                           "btcusdt@depth@100ms", "btcusdt@depth20", "!miniTicker@arr"})
    EXPECT_TRUE(parse_stream_name(name)) << name;
  for (const char *name : {"", "btcusdt", "@trade", "BTCUSDT@trade", "btcusdt@TRADE",
                           "btcusdt@kline_1H", "btcusdt@kline_", "btcusdt@depth7", "btc/usdt@trade",
                           "btcusdt@kline_1d@+08:00", "!ticker@arr"})
    EXPECT_FALSE(parse_stream_name(name)) << name;
  EXPECT_EQ(parse_stream_name("btcusdt@kline_5m")->symbol, "BTCUSDT");
}

TEST(SimClock, TellsItsListenersAndCountsJumps) {
  SimClock clock(1'000, 0);
  int told = 0;
  const auto id = clock.add_listener([&] { ++told; });
  clock.advance(500);
  clock.set_speed(0);
  clock.set(9'000);
  EXPECT_EQ(told, 3);
  EXPECT_EQ(clock.reading().now_ms, 9'000);
  EXPECT_EQ(clock.reading().jumps, 1U) << "only set() jumps";
  clock.remove_listener(id);
  clock.advance(1);
  EXPECT_EQ(told, 3);
}

TEST(SimClock, KnowsTheRealTimeUntilAMoment) {
  SimClock clock(1'000, 0);
  EXPECT_FALSE(clock.real_until(2'000)) << "it stands still";
  EXPECT_EQ(clock.real_until(1'000)->count(), 0);
  clock.set_speed(10);
  const auto wait = clock.real_until(101'000);
  ASSERT_TRUE(wait);
  EXPECT_LE(*wait, std::chrono::seconds(10));
  EXPECT_GT(*wait, std::chrono::seconds(9));
}

}  // namespace
}  // namespace tapedeck::sim
