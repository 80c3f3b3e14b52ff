// The calls of a provider as the host makes them, and what came back, for tests.
#pragma once

#include <tapedeck/plugin.hpp>

#include <string>
#include <vector>

namespace kit::test {

struct Candle {
  std::int64_t open_time, open, high, low, close, volume, turnover, trades;
  std::uint32_t state;
  int price_exp, volume_exp, turnover_exp;
};

struct Outcome {
  tdk_status status = TDK_OK;
  tdk_error error{};
  std::string text() const { return error.message; }
};
struct Candles : Outcome {
  std::vector<Candle> rows;
  std::size_t batches = 0;
};

struct CandlesAsked {
  std::string symbol = "BTC/USDT";
  tdk_interval interval{TDK_UNIT_MINUTE, 1};
  std::int64_t from_ns = 0, to_ns = 0;
  std::uint64_t limit = 0;
  std::uint32_t flags = 0;
  std::uint32_t price_type = TDK_PRICE_TRADE;
  std::uint32_t adjustment = TDK_ADJ_RAW;
};

// A provider behind the ABI's table; made of any provider class.
struct Callee {
  const tdk_provider *table;
  void *self;
  template <class Provider>
  Callee(Provider &provider)
      : table(tapedeck::detail::ProviderTable<Provider>::get()), self(&provider) {}
};

// Calls as the host makes them, through the ABI's table.
Candles fetch_candles(Callee provider, const CandlesAsked &asked,
                      const tdk_cancel *cancel = nullptr);

struct Quotes : Outcome {
  std::vector<std::pair<std::string, tdk_quote>> rows;
};
Quotes fetch_quotes(Callee provider, const std::vector<std::string> &symbols);

struct Symbol {
  std::string symbol, vendor_symbol, currency;
  std::uint32_t status, asset_class;
  int price_exp;
  bool price_exp_known;
  std::string name, exchange;
};
struct Symbols : Outcome {
  std::vector<Symbol> rows;
};
Symbols search(Callee provider, std::string_view query, std::uint64_t limit = 0);

struct Earliest : Outcome {
  std::int64_t time = 0;
};
Earliest earliest(Callee provider, const CandlesAsked &asked);

struct CalendarAnswer : Outcome {
  std::size_t rows = 0;
};
CalendarAnswer fetch_calendar(Callee provider, std::string_view country);

}  // namespace kit::test
