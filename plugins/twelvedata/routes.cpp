#include "routes.hpp"

#include "symbols.hpp"

#include <algorithm>

namespace twelvedata {

using tapedeck::StreamKind;

std::unique_ptr<Route> make_route(const tdk_series &series) {
  auto route = std::make_unique<Route>(series);
  route->kind = tapedeck::stream_kind(series);
  if (route->kind != StreamKind::Trades && route->kind != StreamKind::Quotes)
    throw tapedeck::Error(TDK_NOT_SUPPORTED,
                          "Twelve Data streams prices, no candles; build them with candles_from");
  route->vendor_symbol = vendor_symbol(route->series.symbol());
  return route;
}

Fit fit_of(std::string_view vendor_symbol, std::string_view symbol, std::string_view exchange,
           std::string_view mic) {
  const std::size_t colon = vendor_symbol.find(':');
  if (vendor_symbol == symbol) return colon == vendor_symbol.npos ? Fit::Symbol : Fit::Listing;
  if (colon == vendor_symbol.npos || vendor_symbol.substr(0, colon) != symbol) return Fit::None;
  const std::string wanted = upper(vendor_symbol.substr(colon + 1));
  return wanted == upper(exchange) || wanted == upper(mic) ? Fit::Listing : Fit::Namesake;
}

void Routes::add(std::unique_ptr<Route> route) {
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
    return route;
  }
  return nullptr;
}

bool Routes::carries(const std::string &vendor_symbol) const {
  return by_symbol_.count(vendor_symbol) != 0;
}

std::vector<const Route *> Routes::of(const std::string &vendor_symbol) const {
  std::vector<const Route *> out;
  const auto hit = by_symbol_.find(vendor_symbol);
  if (hit == by_symbol_.end()) return out;
  for (const auto &route : hit->second) out.push_back(route.get());
  return out;
}

}  // namespace twelvedata
