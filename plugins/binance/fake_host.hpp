// A scripted host for tests: answers requests from a function, and keeps what was asked, spent and
// said.
#pragma once

#include "binance.hpp"
#include "fake_socket.hpp"

#include <tapedeck/plugin.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace binance::test {

struct Answer {
  int status = 200;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  tdk_status fails = TDK_OK;  // not OK: the host got no answer, for that reason
};

struct Request {
  std::string url;
  std::map<std::string, std::uint64_t> costs;  // by the name of the budget
};

struct Budget {
  std::string name;
  std::uint32_t kind;
  std::uint64_t capacity;
  std::int64_t window_ns;
  std::uint64_t observed = 0;
};

class FakeHost {
 public:
  FakeHost();
  FakeHost(const FakeHost &) = delete;
  FakeHost &operator=(const FakeHost &) = delete;

  std::function<Answer(const std::string &url)> answer;
  std::int64_t now_ns = 1'700'000'000'000'000'000;
  bool offers_budgets = true;
  FakeSocket socket;

  std::vector<Request> requests;
  std::vector<Budget> budgets;  // the handle is the index + 1
  std::vector<std::pair<std::int64_t, std::string>> holds;
  std::vector<std::string> log;
  std::vector<std::pair<std::string, double>> counters;  // the handle is the index + 1

  double counted(const std::string &name) const;  // 0: nobody made such a counter

  const tdk_host *host() const { return &host_; }
  static FakeHost &of(const tdk_host *h) { return *static_cast<FakeHost *>(h->ctx); }
  Request &note(const tdk_http_request &rq);  // into `requests`

 private:
  static const void *interface(const tdk_host *h, const char *iid);
  static tdk_status request(const tdk_host *h, const tdk_http_request *rq,
                            const tdk_http_sink *sink, const tdk_cancel *cancel, tdk_error *err);
  static tdk_status define(const tdk_host *h, const tdk_budget *budget, std::uint64_t *handle,
                           tdk_error *err);

  tdk_host_http http_{};
  tdk_host_budget budget_{};
  tdk_host_metrics metrics_{};
  tdk_host host_{};
};

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
};

// Calls as the host makes them, through the ABI's table.
Candles fetch_candles(Provider &provider, const CandlesAsked &asked,
                      const tdk_cancel *cancel = nullptr);

struct Quotes : Outcome {
  std::vector<std::pair<std::string, tdk_quote>> rows;
};
Quotes fetch_quotes(Provider &provider, const std::vector<std::string> &symbols);

struct Symbol {
  std::string symbol, vendor_symbol, currency;
  std::uint32_t status, asset_class;
  int price_exp;
};
struct Symbols : Outcome {
  std::vector<Symbol> rows;
};
Symbols search(Provider &provider, std::string_view query, std::uint64_t limit = 0);

// The value of a parameter of a URL, empty when absent.
std::string parameter(const std::string &url, const std::string &name);

}  // namespace binance::test
