#include "kit/json_tree.hpp"
#include "parse.hpp"

#include <tapedeck/abi/market.h>

#include <algorithm>
#include <optional>

namespace binance {
namespace {

namespace json = kit::json;
using kit::array_or_null;
using kit::JsonTree;
using kit::object_of;
using kit::refuse;
using kit::text_of;
using kit::text_or_empty;
using kit::whole_number_or;

// Old pairs stay listed with BREAK for good. Statuses are an open list: a new one is no error.
std::uint32_t status_of(std::string_view word) {
  static constexpr std::string_view kHalted[] = {
      "BREAK", "HALT", "CANCEL_ONLY", "AUCTION_MATCH", "PRE_TRADING", "POST_TRADING", "END_OF_DAY"};
  if (word == "TRADING") return TDK_SYMBOL_TRADING;
  const bool halted = std::find(std::begin(kHalted), std::end(kHalted), word) != std::end(kHalted);
  return halted ? TDK_SYMBOL_HALTED : TDK_SYMBOL_UNKNOWN;
}

// "0.01000000" -> -2: the place of the last digit that is not zero. None for zero and for no
// decimal.
std::optional<int> exponent_of_tick(std::string_view tick) {
  const std::size_t last = tick.find_last_not_of("0.");
  if (last == std::string_view::npos || tick.find_first_not_of("0123456789.") != tick.npos)
    return {};
  const std::size_t point = tick.find('.');
  if (point == tick.npos || last < point) return 0;
  const std::size_t decimals = last - point;
  return decimals <= 18 ? std::optional(-static_cast<int>(decimals)) : std::nullopt;
}

// Price digits come from tickSize; quoteAssetPrecision is 8 for every pair.
std::optional<int> price_exponent(const json::object &symbol, const std::string &where) {
  const json::array *filters = array_or_null(symbol, "filters");
  if (!filters) return {};
  for (const json::value &entry : *filters) {
    const json::object *filter = entry.if_object();
    if (filter && text_or_empty(*filter, "filterType", where) == "PRICE_FILTER")
      return exponent_of_tick(text_or_empty(*filter, "tickSize", where));
  }
  return {};
}

Listing read_listing(const json::value &from, const std::string &where) {
  const json::object &object = object_of(from, where);
  Listing out;
  out.vendor_symbol = text_of(object, "symbol", where);
  out.base = text_of(object, "baseAsset", where);
  out.quote = text_of(object, "quoteAsset", where);
  out.symbol = out.base + "/" + out.quote;
  out.status = status_of(text_or_empty(object, "status", where));
  const std::optional<int> exp = price_exponent(object, where);
  out.price_exp = exp.value_or(0);
  out.price_exp_known = exp.has_value();
  return out;
}

// Limits of other windows are not ours to keep: the budgets' windows are fixed when they are made.
void read_limit(const json::value &from, ExchangeInfo &out, const std::string &where) {
  const json::object &limit = object_of(from, where);
  const std::int64_t size = whole_number_or(limit, "limit", 0);
  const std::int64_t minutes = whole_number_or(limit, "intervalNum", 0);
  const std::string_view kind = text_or_empty(limit, "rateLimitType", where);
  if (size <= 0 || text_or_empty(limit, "interval", where) != "MINUTE") return;
  if (kind == "REQUEST_WEIGHT" && minutes == 1)
    out.weight_per_minute = static_cast<std::uint64_t>(size);
  if (kind == "RAW_REQUESTS" && minutes == 5)
    out.requests_per_five_minutes = static_cast<std::uint64_t>(size);
}

}  // namespace

ExchangeInfo parse_exchange_info(std::string_view body) {
  const std::string where = "binance exchangeInfo";
  const JsonTree tree(body, where);
  const json::object &root = object_of(tree.root(), where);
  const json::array *symbols = array_or_null(root, "symbols");
  if (!symbols) refuse(where, "no list of symbols in '" + kit::excerpt(body) + "'");
  ExchangeInfo out;
  out.listings.reserve(symbols->size());
  for (const json::value &entry : *symbols)
    out.listings.push_back(
        read_listing(entry, where + ": symbol " + std::to_string(out.listings.size())));
  if (const json::array *limits = array_or_null(root, "rateLimits"))
    for (const json::value &limit : *limits) read_limit(limit, out, where + ": rate limit");
  return out;
}

}  // namespace binance
