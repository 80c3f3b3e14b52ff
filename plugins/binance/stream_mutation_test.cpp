// Damaged messages never crash the stream's parser, and never become values that break the promises
// of parse_stream.hpp. Each lies in memory of its own size, so that a byte too far is seen.
#include "kit/testing/mutator.hpp"
#include "parse_stream.hpp"

#include <tapedeck/abi/market.h>

#include <memory>

namespace binance {
namespace {

using Kind = StreamMessage::Kind;

void expect_promises(const StreamMessage &m) {
  const auto amount = [](std::int64_t v) { return v >= 0; };
  const auto side = [](std::int64_t v) { return v > 0 || v == TDK_NULL_I64; };
  if (m.kind == Kind::Trade || m.kind == Kind::AggTrade) {
    ASSERT_TRUE(amount(m.trade.id) && m.trade.price > 0 && amount(m.trade.size));
    ASSERT_TRUE(m.trade.trades >= 1 && m.trade.time_ns >= 0);
    ASSERT_FALSE(m.symbol.empty());
  } else if (m.kind == Kind::BookTicker) {
    ASSERT_TRUE(amount(m.book.update_id) && side(m.book.bid) && side(m.book.ask));
  } else if (m.kind == Kind::Kline) {
    ASSERT_TRUE(m.kline.low <= m.kline.open && m.kline.open <= m.kline.high);
    ASSERT_TRUE(m.kline.low <= m.kline.close && m.kline.close <= m.kline.high);
    ASSERT_TRUE(amount(m.kline.low) && amount(m.kline.volume) && amount(m.kline.trades));
    ASSERT_TRUE(on_grid(*m.kline.interval, m.kline.open_time_ns / 1'000'000));
  }
}

void parse_alone(std::string_view text) {
  const auto exact = std::make_unique<char[]>(text.size());
  std::copy(text.begin(), text.end(), exact.get());
  StreamMessage m{};
  parse_stream_message({exact.get(), text.size()}, m);
  expect_promises(m);
}

TEST(StreamMutation, MessagesKeepTheirPromises) {
  const std::string valid[] = {
      R"({"stream":"btcusdt@trade","data":{"e":"trade","E":1700000000123,"s":"BTCUSDT","t":42,)"
      R"("p":"61837.63000000","q":"0.02000000","T":1700000000121,"m":true,"M":true}})",
      R"({"stream":"btcusdt@bookTicker","data":{"u":400900217,"s":"BTCUSDT","b":"25.35190000",)"
      R"("B":"31.21000000","a":"25.36520000","A":"40.66000000"}})",
      R"({"e":"aggTrade","E":1700000000123,"s":"BTCUSDT","a":7,"p":"0.001","q":"100","f":100,)"
      R"("l":105,"T":1700000000121,"m":false,"M":true})",
      R"({"stream":"btcusdt@kline_1m","data":{"e":"kline","E":1700000041000,"s":"BTCUSDT","k":{)"
      R"("t":1700000040000,"T":1700000099999,"s":"BTCUSDT","i":"1m","f":1,"L":7,"o":"2.0",)"
      R"("c":"3.0","h":"4.0","l":"1.0","v":"5.5","n":7,"x":true,"q":"6.25","V":"1","Q":"2"}}})",
      R"({"error":{"code":2,"msg":"Invalid request: invalid stream"},"id":2})",
  };
  for (const std::string &text : valid) {
    parse_alone(text);
    EXPECT_GT(kit::test::refused_of(10'000, text, &parse_alone), 3'000) << text;
  }
}

TEST(StreamMutation, EveryPrefixIsRefused) {
  const std::string text =
      R"({"stream":"btcusdt@trade","data":{"e":"trade","E":1700000000123,"s":"BTCUSDT","t":42,)"
      R"("p":"61837.63000000","q":"0.02000000","T":1700000000121,"m":true,"M":true}})";
  for (std::size_t n = 0; n < text.size(); ++n)
    EXPECT_THROW(parse_alone(text.substr(0, n)), tapedeck::Error) << n;
}

}  // namespace
}  // namespace binance
