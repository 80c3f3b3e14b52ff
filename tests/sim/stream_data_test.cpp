// What streams carry: the same market that REST shows, in the order of time.
#include <algorithm>
#include <fstream>
#include <map>

#include "sim/decimal.hpp"
#include "sim/stream_fixture.hpp"

namespace tapedeck::sim {
namespace {

namespace json = boost::json;

class StreamDataTest : public StreamTest {
 protected:
  /// The REST row of a candle.
  json::value row(const std::string &symbol, const std::string &interval, std::int64_t open) {
    const json::value rows =
        json::parse(rest.get("/binance/api/v3/klines?symbol=" + symbol + "&interval=" + interval +
                             "&limit=1&startTime=" + std::to_string(open))
                        .body);
    return rows.at(0);
  }

  /// A frame says what the row says, field by field.
  void expect_row(const json::value &frame, const json::value &rest_row) {
    const json::value &k = frame.at("k");
    EXPECT_EQ(k.at("t"), rest_row.at(0));
    EXPECT_EQ(k.at("T"), rest_row.at(6));
    EXPECT_EQ(k.at("n"), rest_row.at(8));
    const std::pair<const char *, int> columns[] = {{"o", 1}, {"h", 2}, {"l", 3}, {"c", 4},
                                                    {"v", 5}, {"q", 7}, {"V", 9}, {"Q", 10}};
    for (const auto &[field, column] : columns)
      EXPECT_EQ(k.at(field), rest_row.at(static_cast<std::size_t>(column)))
          << field << ' ' << json::serialize(frame);
  }
};

std::int64_t mantissa(const json::value &value) { return parse_decimal(text_of(value)).value; }

TEST_F(StreamDataTest, ClosedFramesEqualTheRestRows) {
  StreamTestClient client(simulator,
                          "/binance/ws/btcusdt@kline_1m/ltcbtc@kline_1m/ethbtc@kline_5m/"
                          "bnbusdt@kline_1h/btcusdt@kline_1s/xrpbtc@kline_3m");
  for (int i = 0; i < 40; ++i) advance(100'000);
  std::map<std::string, int> closed;
  for (const json::value &frame : data_of(client)) {
    const json::value &k = frame.at("k");
    if (!k.at("x").as_bool()) continue;
    const std::string interval = text_of(k.at("i"));
    ++closed[text_of(k.at("s")) + interval];
    if (interval == "1s" && closed["BTCUSDT1s"] > 200) continue;
    expect_row(frame, row(text_of(k.at("s")), interval, k.at("t").as_int64()));
    const std::int64_t late = frame.at("E").as_int64() - k.at("T").as_int64();
    EXPECT_GE(late, 1'000);
    EXPECT_LE(late, 1'801);
    if (k.at("n").as_int64() > 0) {
      EXPECT_EQ(k.at("L").as_int64() - k.at("f").as_int64() + 1, k.at("n").as_int64());
    }
  }
  EXPECT_GE(closed["BTCUSDT1m"], 66);
  EXPECT_GE(closed["ETHBTC5m"], 13);
  EXPECT_GE(closed["BNBUSDT1h"], 1);
  EXPECT_GE(closed["XRPBTC3m"], 22);
  EXPECT_GE(closed["BTCUSDT1s"], 3'998);
}

TEST_F(StreamDataTest, EveryCandleIsClosedOnceAndInOrder) {
  StreamTestClient client(simulator, "/binance/ws/ethusdt@kline_1m");
  for (int i = 0; i < 60; ++i) advance(10'000);
  std::vector<std::int64_t> closed;
  std::int64_t last_frame = 0;
  for (const json::value &frame : data_of(client)) {
    if (frame.at("k").at("x").as_bool()) closed.push_back(frame.at("k").at("t").as_int64());
    EXPECT_GT(frame.at("E").as_int64(), last_frame);
    last_frame = frame.at("E").as_int64();
  }
  ASSERT_EQ(closed.size(), 10U);
  EXPECT_EQ(closed.front(), kStreamStart / 60'000 * 60'000);
  for (std::size_t i = 1; i < closed.size(); ++i) EXPECT_EQ(closed[i], closed[i - 1] + 60'000);
}

TEST_F(StreamDataTest, RunningFramesCome2SecondsApartAndSumTheTrades) {
  StreamTestClient client(simulator, "/binance/ws/btcusdt@trade/btcusdt@kline_1m");
  for (int i = 0; i < 90; ++i) advance(1'000);
  std::map<std::int64_t, std::pair<std::int64_t, std::int64_t>> by_second;  // trades, volume
  std::int64_t last = 0;
  int compared = 0;
  const std::int64_t first_minute = kStreamStart / 60'000 * 60'000;
  for (const json::value &event : data_of(client)) {
    const std::int64_t time = event.at("E").as_int64();
    if (text_of(event.at("e")) == "trade") {
      auto &[count, volume] = by_second[time / 1'000];
      ++count;
      volume += mantissa(event.at("q"));
      continue;
    }
    const json::value &k = event.at("k");
    if (k.at("x").as_bool() || k.at("t").as_int64() == first_minute) continue;
    if (last != 0) {
      EXPECT_EQ((time - last) % 2'000, 0) << "in step with its symbol";
    }
    last = time;
    std::int64_t count = 0, volume = 0;
    for (const auto &[second, sum] : by_second) {
      if (second * 1'000 < k.at("t").as_int64() || (second + 1) * 1'000 > time) continue;
      count += sum.first;
      volume += sum.second;
    }
    EXPECT_EQ(k.at("n").as_int64(), count) << json::serialize(event);
    EXPECT_EQ(mantissa(k.at("v")), volume);
    ++compared;
  }
  EXPECT_GE(compared, 20);
}

TEST_F(StreamDataTest, TheTradesOfAMinuteAreItsCandle) {
  advance(29'000);
  StreamTestClient client(simulator, "/binance/ws/btcusdt@trade/ltcbtc@aggTrade/dotusdt@trade");
  ASSERT_TRUE(client.wait_for([&] { return simulator.streams().size() == 1; }));
  advance(61'000);
  const std::int64_t minute = (kStreamStart / 60'000 + 1) * 60'000;
  std::map<std::string, std::vector<json::value>> trades;
  std::int64_t last = 0;
  for (const json::value &trade : data_of(client)) {
    const std::int64_t time = trade.at("T").as_int64();
    EXPECT_GE(time, last) << "in the order of time";
    last = time;
    if (time >= minute && time < minute + 60'000) trades[text_of(trade.at("s"))].push_back(trade);
  }
  ASSERT_EQ(trades.size(), 3U);
  for (const auto &[symbol, all] : trades) {
    const json::value candle = row(symbol, "1m", minute);
    std::int64_t volume = 0, high = 0, low = INT64_MAX, next_id = -1;
    for (const json::value &trade : all) {
      const json::value &id = trade.as_object().contains("t") ? trade.at("t") : trade.at("a");
      if (next_id >= 0) {
        EXPECT_EQ(id.as_int64(), next_id) << symbol;
      }
      next_id = id.as_int64() + 1;
      volume += mantissa(trade.at("q"));
      high = std::max(high, mantissa(trade.at("p")));
      low = std::min(low, mantissa(trade.at("p")));
    }
    EXPECT_EQ(static_cast<std::int64_t>(all.size()), candle.at(8).as_int64()) << symbol;
    EXPECT_EQ(all.front().at("p"), candle.at(1)) << symbol;
    EXPECT_EQ(high, mantissa(candle.at(2))) << symbol;
    EXPECT_EQ(low, mantissa(candle.at(3))) << symbol;
    EXPECT_EQ(all.back().at("p"), candle.at(4)) << symbol;
    EXPECT_EQ(volume, mantissa(candle.at(5))) << symbol;
  }
}

TEST_F(StreamDataTest, TradesAreThoseOfRest) {
  StreamTestClient client(simulator, "/binance/ws/ethusdt@trade");
  ASSERT_TRUE(client.wait_for([&] { return simulator.streams().size() == 1; }));
  advance(20'000);
  const auto stream = data_of(client);
  const json::value listed =
      json::parse(rest.get("/binance/api/v3/trades?symbol=ETHUSDT&limit=50").body);
  ASSERT_GE(stream.size(), 50U);
  for (std::size_t i = 0; i < 50; ++i) {
    const json::value &ours = stream[stream.size() - 50 + i];
    const json::value &theirs = listed.at(i);
    EXPECT_EQ(ours.at("t"), theirs.at("id"));
    EXPECT_EQ(ours.at("p"), theirs.at("price"));
    EXPECT_EQ(ours.at("q"), theirs.at("qty"));
    EXPECT_EQ(ours.at("T"), theirs.at("time"));
    EXPECT_EQ(ours.at("m"), theirs.at("isBuyerMaker"));
  }
}

TEST_F(StreamDataTest, TheBestOfTheBookSurroundsTheLastPrice) {
  StreamTestClient client(simulator, "/binance/ws/btcusdt@bookTicker/btcusdt@trade");
  ASSERT_TRUE(client.wait_for([&] { return simulator.streams().size() == 1; }));
  advance(60'000);
  std::int64_t update = 0, price = 0;
  int books = 0;
  for (const json::value &event : data_of(client)) {
    const auto &object = event.as_object();
    if (object.contains("e")) {
      price = mantissa(event.at("p"));
      continue;
    }
    ++books;
    EXPECT_GT(event.at("u").as_int64(), update);
    update = event.at("u").as_int64();
    EXPECT_LE(mantissa(event.at("b")), price);
    EXPECT_GE(mantissa(event.at("a")), price);
    EXPECT_LT(mantissa(event.at("b")), mantissa(event.at("a")));
    EXPECT_GT(mantissa(event.at("B")), 0);
  }
  EXPECT_GE(books, 50);
}

TEST_F(StreamDataTest, TickersShowTheDayAsRestDoes) {
  StreamTestClient client(simulator, "/binance/ws/btcusdt@miniTicker/btcusdt@ticker");
  ASSERT_TRUE(client.wait_for([&] { return simulator.streams().size() == 1; }));
  simulator.clock().set(kStreamStart + 29'499);
  ASSERT_TRUE(simulator.settle());
  advance(1);
  const json::value day = json::parse(rest.get("/binance/api/v3/ticker/24hr?symbol=BTCUSDT").body);
  const auto events = data_of(client);
  ASSERT_EQ(events.size(), 2U);
  for (const json::value &event : events) {
    EXPECT_EQ(event.at("c"), day.at("lastPrice"));
    EXPECT_EQ(event.at("o"), day.at("openPrice"));
    EXPECT_EQ(event.at("h"), day.at("highPrice"));
    EXPECT_EQ(event.at("v"), day.at("volume"));
    EXPECT_EQ(event.at("q"), day.at("quoteVolume"));
  }
  EXPECT_EQ(events[1].at("P"), day.at("priceChangePercent"));
  EXPECT_EQ(events[1].at("n"), day.at("count"));
  EXPECT_EQ(events[1].at("b"), day.at("bidPrice"));
}

TEST_F(StreamDataTest, EmptySecondsAreClosedWithoutIds) {
  StreamTestClient client(simulator, "/binance/ws/xrpbtc@kline_1s");
  ASSERT_TRUE(client.wait_for([&] { return simulator.streams().size() == 1; }));
  advance(60'000);
  json::value close;
  int empty = 0;
  for (const json::value &frame : data_of(client)) {
    const json::value &k = frame.at("k");
    if (k.at("n").as_int64() == 0) {
      ++empty;
      EXPECT_EQ(k.at("f").as_int64(), -1);
      EXPECT_EQ(k.at("L").as_int64(), -1);
      EXPECT_EQ(text_of(k.at("v")), "0.00000000");
      for (const char *price : {"o", "h", "l", "c"})
        if (!close.is_null()) {
          EXPECT_EQ(k.at(price), close) << json::serialize(frame);
        }
    }
    close = k.at("c");
  }
  EXPECT_GE(empty, 5);
}

TEST_F(StreamDataTest, TheSameClockAndSeedGiveTheSameBytes) {
  const std::string path = "/binance/ws/btcusdt@trade/ethusdt@kline_1m/bnbusdt@bookTicker";
  StreamTestClient first(simulator, path);
  Simulator other(frozen_streams());
  StreamTestClient second(other, path);
  ASSERT_TRUE(first.wait_for(
      [&] { return simulator.streams().size() == 1 && other.streams().size() == 1; }));
  advance(30'000);
  for (int i = 0; i < 30; ++i) other.clock().advance(1'000);
  ASSERT_TRUE(other.settle());
  ASSERT_TRUE(second.wait_for_count(simulator.messages_sent()));
  ASSERT_TRUE(first.wait_for_count(simulator.messages_sent()));
  EXPECT_EQ(first.texts(), second.texts()) << "one leap or thirty steps";
}

TEST_F(StreamDataTest, TwoClientsEachGetTheirOwn) {
  StreamTestClient first(simulator, "/binance/ws/btcusdt@trade");
  StreamTestClient second(simulator, "/binance/stream?streams=ethusdt@trade/btcusdt@trade");
  ASSERT_TRUE(first.wait_for([&] { return simulator.streams().size() == 2; }));
  advance(10'000);
  ASSERT_TRUE(
      first.wait_for([&] { return first.count() + second.count() == simulator.messages_sent(); }));
  std::vector<std::string> shared;
  const std::string prefix = R"({"stream":"btcusdt@trade","data":)";
  for (const std::string &text : second.texts())
    if (text.starts_with(prefix))
      shared.push_back(text.substr(prefix.size(), text.size() - prefix.size() - 1));
  EXPECT_EQ(first.texts(), shared);
}

TEST_F(StreamDataTest, ASetClockSkipsWhatLiesBetween) {
  StreamTestClient client(simulator, "/binance/ws/btcusdt@kline_1m");
  ASSERT_TRUE(client.wait_for([&] { return simulator.streams().size() == 1; }));
  simulator.clock().set(kStreamStart + 6 * kHourMs);
  ASSERT_TRUE(simulator.settle());
  EXPECT_EQ(simulator.messages_sent(), 0U);
  simulator.clock().set(kStreamStart);
  ASSERT_TRUE(simulator.settle());
  advance(2'000);
  const auto frames = data_of(client);
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames.front().at("k").at("t").as_int64(), kStreamStart / 60'000 * 60'000);
}

TEST_F(StreamDataTest, SixHoursOfTwentySymbolsAreCheap) {
  StreamTestClient client(simulator, "/binance/ws");
  std::vector<std::string> streams;
  const json::value listed = json::parse(rest.get("/binance/api/v3/exchangeInfo").body);
  for (const json::value &info : listed.at("symbols").as_array()) {
    std::string name = text_of(info.at("symbol"));
    for (char &c : name) c = static_cast<char>(std::tolower(c));
    if (streams.size() < 20 && text_of(info.at("status")) == "TRADING")
      streams.push_back(name + "@kline_1m");
  }
  ASSERT_EQ(streams.size(), 20U);
  ASSERT_TRUE(client.subscribe(streams));
  const auto begin = std::chrono::steady_clock::now();
  for (std::int64_t passed = 0; passed < 6 * kHourMs; passed += 6'000) advance(6'000);
  const auto took = std::chrono::steady_clock::now() - begin;
  RecordProperty(
      "milliseconds",
      std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
  EXPECT_GT(simulator.messages_sent(), 100'000U);
  EXPECT_TRUE(client.connected());
  EXPECT_LT(took, std::chrono::seconds(60)) << "a sanitizer on a busy machine included";
}

TEST_F(StreamDataTest, ARunningClockNeedsNobodyToMoveIt) {
  StreamTestClient client(simulator, "/binance/ws/btcusdt@kline_1m");
  simulator.clock().set_speed(600);
  EXPECT_NE(client.wait_for_part("\"x\":true"), "");
}

}  // namespace
}  // namespace tapedeck::sim
