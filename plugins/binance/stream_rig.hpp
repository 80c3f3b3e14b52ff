// A stream as the host runs it, through the ABI's table, and all that it handed over.
#pragma once

#include "fake_host.hpp"

#include <deque>
#include <string>
#include <vector>

namespace binance::test {

struct Wanted {
  std::string symbol = "BTC/USDT";
  tdk_interval interval{};  // unit 0: trades, or with TDK_PRICE_MID quotes
  std::uint32_t price_type = TDK_PRICE_TRADE;
};
inline Wanted trades_of(std::string symbol) { return {std::move(symbol), {}, TDK_PRICE_TRADE}; }
inline Wanted quotes_of(std::string symbol) { return {std::move(symbol), {}, TDK_PRICE_MID}; }
inline Wanted candles_of(std::string symbol, tdk_interval i = {TDK_UNIT_MINUTE, 1}) {
  return {std::move(symbol), i, TDK_PRICE_TRADE};
}

// A message of the stream of trades, raw.
std::string trade(int id, const std::string &symbol = "BTCUSDT");

struct Event {
  std::uint32_t kind;
  std::string symbol;  // empty: all
  tdk_range range;
  std::string detail;
};
struct StreamedCandle {
  std::string symbol;
  tdk_interval interval;
  Candle row;
};
struct Streamed : Outcome {
  std::vector<Event> events;
  std::vector<std::pair<std::string, tdk_quote>> quotes;
  std::vector<std::size_t> quote_batches;
  std::vector<StreamedCandle> candles;
  std::vector<std::uint32_t> kinds() const;  // of the events, in order
};

struct Command {
  std::uint32_t kind;  // TDK_STREAM_ADD, TDK_STREAM_REMOVE
  Wanted series;
};

class StreamRig {
 public:
  StreamRig();

  Streamed run(const std::vector<Wanted> &wanted, const tdk_cancel *cancel = nullptr);
  // Before run(). The provider is made for the first run, and kept.
  void set(const std::string &key, const std::string &value) { settings_.emplace_back(key, value); }

  FakeHost host;
  std::vector<std::pair<std::string, std::string>> listed;  // of exchangeInfo: base, status
  std::deque<Command> commands;  // handed out one by one, each when there is nothing to receive
  tdk_status sink_says = TDK_OK;

 private:
  std::string exchange_info() const;
  std::vector<std::pair<std::string, std::string>> settings_;
  std::unique_ptr<Provider> provider_;
};

}  // namespace binance::test
