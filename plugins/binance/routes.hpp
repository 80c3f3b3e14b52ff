// Which series of the host a stream of the vendor feeds. Two series may share one stream
// ("BTC/USDT" and "BTCUSDT").
#pragma once

#include "intervals.hpp"

#include <tapedeck/layer/streams.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace binance {

struct Route {
  explicit Route(const tdk_series &s) : series(s) {}
  tapedeck::OwnedSeries series;
  tapedeck::StreamKind kind = tapedeck::StreamKind::Other;
  const Interval *interval = nullptr;  // of candles
  std::string vendor_symbol;           // "BTCUSDT"
  std::string stream;                  // "btcusdt@trade"
};

// Throws TDK_INVALID_ARGUMENT or TDK_NOT_SUPPORTED for what Binance cannot stream.
std::unique_ptr<Route> make_route(const tdk_series &series, bool aggregate_trades);

// Threads: one. A route lives until it is removed.
class Routes {
 public:
  void add(std::unique_ptr<Route> route);
  std::unique_ptr<Route> remove(const tdk_series &series);  // null: there is none
  bool has(const tdk_series &series) const;
  bool carries(std::string_view stream) const { return streams_.count(stream) != 0; }
  std::size_t streams() const { return streams_.size(); }
  bool empty() const { return streams_.empty(); }
  std::vector<const Route *> fed_by(std::string_view stream) const;

  // Calls f(const Route &) for those of a vendor's symbol and kind; candles of that interval.
  // False: there are none.
  template <class F>
  bool each(std::string_view vendor_symbol, tapedeck::StreamKind kind, const Interval *interval,
            F &&f) const {
    const auto hit = by_symbol_.find(vendor_symbol);
    if (hit == by_symbol_.end()) return false;
    bool found = false;
    for (const auto &route : hit->second) {
      if (route->kind != kind || route->interval != interval) continue;
      found = true;
      f(*route);
    }
    return found;
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
  };
  template <class Value>
  using ByText = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;

  ByText<std::vector<std::unique_ptr<Route>>> by_symbol_;
  ByText<std::size_t> streams_;  // how many routes each feeds
};

}  // namespace binance
