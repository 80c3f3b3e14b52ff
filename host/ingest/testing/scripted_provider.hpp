// A vendor that answers from a FakeMarket and misbehaves as the test says, and providers that ask
// it.
#pragma once

#include <tapedeck/layer/core.hpp>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "ingest/testing/fake_market.hpp"
#include "runtime/provider.hpp"

namespace tapedeck::testing {

// How one call goes wrong.
struct Fault {
  enum Kind { None, Throw, Foreign, Empty, Cut, OffGrid, OutOfRange, Unsorted, Stale, Gap } kind = None;
  tdk_status code = TDK_UNAVAILABLE;  // Throw
  std::int64_t retry_after_ms = 0;
  static Fault thrown(tdk_status code, std::int64_t retry_after_ms = 0) {
    return {Throw, code, retry_after_ms};
  }
};

// Threads: any, as a vendor on the network.
class Vendor {
 public:
  // The call's number counts from 1, over all providers.
  using Script = std::function<Fault(const CandleAsk &ask, int call)>;

  Vendor(Clock &clock, FakeMarket market) : clock_(clock), market_(std::move(market)) {}
  void answer(const CandleAsk &ask, CandleColumns &out);
  std::optional<Nanos> earliest();

  Script script;                             // empty: no faults
  std::map<std::string, FakeMarket> others;  // by symbol; what is not here has the market
  Nanos lag = 0;                             // its clock and its newest candle are this much behind
  Nanos stale_until = 0;                     // Stale: a replica that knows no candle from here on
  RangeSet lost;                             // Gap: the candles that the answer leaves out
  Nanos delay = 0;                        // its newest candles come this much later than they close
  bool marks_earliest = false;            // TDK_CAP_EARLIEST
  std::function<void(int call)> on_call;  // before each answer
  std::uint64_t page = 100;

  const FakeMarket &market(const std::string &symbol) const;
  int calls() const;
  std::vector<CandleAsk> asks() const;   // in order
  std::vector<CandleAsk> pages() const;  // those without a limit
  int earliest_calls() const { return earliest_calls_; }

 private:
  void add_rows(const CandleAsk &ask, Fault::Kind fault, CandleColumns &out) const;
  std::vector<Nanos> rows_for(const CandleAsk &ask) const;

  Clock &clock_;
  const FakeMarket market_;
  mutable std::mutex mutex_;
  std::vector<CandleAsk> asks_;
  std::atomic<int> earliest_calls_{0};
};

class ScriptedProvider : public Provider {
 public:
  explicit ScriptedProvider(std::shared_ptr<Vendor> vendor);
  const ProviderInfo &info() const override { return info_; }
  void fetch_candles(const CandleAsk &ask, CandleColumns &out, const tdk_cancel *cancel) override;
  std::optional<Nanos> earliest(const Series &series, const tdk_cancel *cancel) override;
  std::vector<SymbolInfo> search_symbols(const std::string &, std::uint64_t,
                                         const tdk_cancel *) override {
    return {};
  }

 private:
  std::shared_ptr<Vendor> vendor_;
  ProviderInfo info_;
};

}  // namespace tapedeck::testing
