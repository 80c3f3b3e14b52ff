// A stream as the host runs it, through the ABI's table, and all that it handed over, for tests.
#pragma once

#include "kit/testing/calls.hpp"
#include "kit/testing/fake_host.hpp"

#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace kit::test {

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

// What the host does besides asking.
struct StreamScript {
  std::deque<Command> commands;  // handed out one by one
  // Whether the next command may be handed out now.
  std::function<bool()> ready = [] { return true; };
  tdk_status sink_says = TDK_OK;
};

Streamed run_stream(Callee provider, const std::vector<Wanted> &wanted, StreamScript &script,
                    const tdk_cancel *cancel = nullptr);

}  // namespace kit::test
