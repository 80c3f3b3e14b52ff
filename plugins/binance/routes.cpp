#include "routes.hpp"

#include "symbols.hpp"

#include <algorithm>

namespace binance {
namespace {

using tapedeck::StreamKind;

// Streams take the symbol in lower case; letters beyond ASCII stay as they are.
std::string lower(std::string_view text) {
  std::string out(text);
  for (char &c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string channel_of(const Route &route, bool aggregate_trades) {
  if (route.kind == StreamKind::Candles) return "kline_" + std::string(route.interval->name);
  if (route.kind == StreamKind::Trades) return aggregate_trades ? "aggTrade" : "trade";
  return "bookTicker";
}

}  // namespace

std::unique_ptr<Route> make_route(const tdk_series &series, bool aggregate_trades) {
  auto route = std::make_unique<Route>(series);
  route->kind = tapedeck::stream_kind(series);
  const bool candles = route->kind == StreamKind::Candles;
  if (route->kind == StreamKind::Other || (candles && series.price_type != TDK_PRICE_TRADE))
    throw tapedeck::Error(TDK_NOT_SUPPORTED,
                          "candles are of trades only; ask for price type trade");
  if (candles) route->interval = &find_interval(series.interval);
  route->vendor_symbol = vendor_symbol(route->series.symbol());
  route->stream = lower(route->vendor_symbol) + "@" + channel_of(*route, aggregate_trades);
  return route;
}

void Routes::add(std::unique_ptr<Route> route) {
  ++streams_[route->stream];
  by_symbol_[route->vendor_symbol].push_back(std::move(route));
}

std::unique_ptr<Route> Routes::remove(const tdk_series &series) {
  for (auto entry = by_symbol_.begin(); entry != by_symbol_.end(); ++entry) {
    auto &routes = entry->second;
    const auto hit = std::find_if(routes.begin(), routes.end(),
                                  [&](const auto &r) { return r->series.is(series); });
    if (hit == routes.end()) continue;
    std::unique_ptr<Route> route = std::move(*hit);
    routes.erase(hit);
    if (routes.empty()) by_symbol_.erase(entry);
    if (const auto use = streams_.find(route->stream); --use->second == 0) streams_.erase(use);
    return route;
  }
  return nullptr;
}

bool Routes::has(const tdk_series &series) const {
  return std::any_of(by_symbol_.begin(), by_symbol_.end(), [&](const auto &entry) {
    return std::any_of(entry.second.begin(), entry.second.end(),
                       [&](const auto &r) { return r->series.is(series); });
  });
}

std::vector<const Route *> Routes::fed_by(std::string_view stream) const {
  std::vector<const Route *> out;
  for (const auto &[symbol, routes] : by_symbol_)
    for (const auto &route : routes)
      if (route->stream == stream) out.push_back(route.get());
  return out;
}

}  // namespace binance
