// Which series of the host the prices of a vendor's symbol feed. Trades and quotes of a symbol
// share one subscription.
#pragma once

#include <tapedeck/layer/streams.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace twelvedata {

struct Route {
  explicit Route(const tdk_series &s) : series(s) {}
  tapedeck::OwnedSeries series;
  tapedeck::StreamKind kind = tapedeck::StreamKind::Other;
  std::string vendor_symbol;  // "EUR/USD", "RY:TSX"
};

// Throws TDK_INVALID_ARGUMENT, TDK_NOT_SUPPORTED for what Twelve Data cannot stream: candles.
std::unique_ptr<Route> make_route(const tdk_series &series);

// How a symbol that was asked for fits a row of the vendor, which names the exchange apart from the
// symbol: "RY:TSX" is the listing of RY at TSX, "RY" and others of it are its namesakes.
enum class Fit { None, Namesake, Symbol, Listing };
Fit fit_of(std::string_view vendor_symbol, std::string_view symbol, std::string_view exchange,
           std::string_view mic);

// Threads: one. A route lives until it is removed.
class Routes {
 public:
  void add(std::unique_ptr<Route> route);
  std::unique_ptr<Route> remove(const tdk_series &series);  // null: there is none
  bool carries(const std::string &vendor_symbol) const;
  bool empty() const { return by_symbol_.empty(); }
  std::size_t symbols() const { return by_symbol_.size(); }
  std::vector<const Route *> of(const std::string &vendor_symbol) const;

  // Calls f(const Route &) for those that a row of the vendor feeds: of its listing, else of the
  // bare symbol, which takes whatever else the vendor sends as that symbol.
  template <class F>
  void each(std::string_view symbol, std::string_view exchange, std::string_view mic, F &&f) const {
    const std::string bare(symbol);
    const auto begin = by_symbol_.lower_bound(bare), end = by_symbol_.upper_bound(bare + ":\xff");
    for (const Fit wanted : {Fit::Listing, Fit::Symbol}) {
      bool fed = false;
      for (auto entry = begin; entry != end; ++entry) {
        if (fit_of(entry->first, symbol, exchange, mic) != wanted) continue;
        for (const auto &route : entry->second) f(*route);
        fed = true;
      }
      if (fed) return;
    }
  }

 private:
  std::map<std::string, std::vector<std::unique_ptr<Route>>> by_symbol_;
};

}  // namespace twelvedata
