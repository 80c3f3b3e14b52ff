// exchangeInfo, field by field as Binance sent it in August 2025.
#include <boost/json.hpp>

#include "sim/binance/endpoints.hpp"
#include "sim/binance/params.hpp"
#include "sim/decimal.hpp"

namespace tapedeck::sim::binance {
namespace {

namespace json = boost::json;

json::array rate_limits(const LimitRules &rules) {
  return {
      {{"rateLimitType", "REQUEST_WEIGHT"},
       {"interval", "MINUTE"},
       {"intervalNum", 1},
       {"limit", rules.weight}},
      {{"rateLimitType", "ORDERS"}, {"interval", "SECOND"}, {"intervalNum", 10}, {"limit", 100}},
      {{"rateLimitType", "ORDERS"}, {"interval", "DAY"}, {"intervalNum", 1}, {"limit", 200'000}},
      {{"rateLimitType", "RAW_REQUESTS"},
       {"interval", "MINUTE"},
       {"intervalNum", 5},
       {"limit", rules.requests}}};
}

json::array filters(const Instrument &instrument) {
  const std::string tick = decimal_text(instrument.unit.tick);
  const std::string step = decimal_text(instrument.unit.step);
  const std::string most_price =
      decimal_text(static_cast<Wide>(instrument.unit.tick) * 100'000'000);
  return {{{"filterType", "PRICE_FILTER"},
           {"minPrice", tick},
           {"maxPrice", most_price},
           {"tickSize", tick}},
          {{"filterType", "LOT_SIZE"},
           {"minQty", step},
           {"maxQty", decimal_text(static_cast<Wide>(instrument.unit.step) * 1'000'000'000)},
           {"stepSize", step}},
          {{"filterType", "ICEBERG_PARTS"}, {"limit", 10}},
          {{"filterType", "MARKET_LOT_SIZE"},
           {"minQty", "0.00000000"},
           {"maxQty", decimal_text(static_cast<Wide>(instrument.unit.step) * 10'000'000)},
           {"stepSize", "0.00000000"}},
          {{"filterType", "TRAILING_DELTA"},
           {"minTrailingAboveDelta", 10},
           {"maxTrailingAboveDelta", 2000},
           {"minTrailingBelowDelta", 10},
           {"maxTrailingBelowDelta", 2000}},
          {{"filterType", "PERCENT_PRICE_BY_SIDE"},
           {"bidMultiplierUp", "5"},
           {"bidMultiplierDown", "0.2"},
           {"askMultiplierUp", "5"},
           {"askMultiplierDown", "0.2"},
           {"avgPriceMins", 5}},
          {{"filterType", "NOTIONAL"},
           {"minNotional", "5.00000000"},
           {"applyMinToMarket", true},
           {"maxNotional", "9000000.00000000"},
           {"applyMaxToMarket", false},
           {"avgPriceMins", 5}},
          {{"filterType", "MAX_NUM_ORDERS"}, {"maxNumOrders", 200}},
          {{"filterType", "MAX_NUM_ALGO_ORDERS"}, {"maxNumAlgoOrders", 5}}};
}

const json::array &order_types() {
  static const json::array types{"LIMIT",           "LIMIT_MAKER", "MARKET",           "STOP_LOSS",
                                 "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"};
  return types;
}

json::object symbol_info(const Instrument &instrument, bool with_permissions) {
  json::array sets;
  if (with_permissions) sets.push_back(json::array{"SPOT", "MARGIN", "TRD_GRP_004"});
  return {{"symbol", instrument.symbol},
          {"status", instrument.status},
          {"baseAsset", instrument.base},
          {"baseAssetPrecision", 8},
          {"quoteAsset", instrument.quote},
          {"quotePrecision", 8},
          {"quoteAssetPrecision", 8},
          {"baseCommissionPrecision", 8},
          {"quoteCommissionPrecision", 8},
          {"orderTypes", order_types()},
          {"icebergAllowed", true},
          {"ocoAllowed", true},
          {"otoAllowed", true},
          {"quoteOrderQtyMarketAllowed", true},
          {"allowTrailingStop", true},
          {"cancelReplaceAllowed", true},
          {"amendAllowed", true},
          {"isSpotTradingAllowed", instrument.trading()},
          {"isMarginTradingAllowed", instrument.trading()},
          {"filters", filters(instrument)},
          {"permissions", json::array{}},
          {"permissionSets", std::move(sets)},
          {"defaultSelfTradePreventionMode", "EXPIRE_MAKER"},
          {"allowedSelfTradePreventionModes",
           json::array{"EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"}}};
}

struct Asked {
  std::optional<std::string> symbol;
  std::optional<std::vector<std::string>> symbols;
  std::optional<std::vector<std::string>> permissions;
  std::optional<std::string> status;
  bool permission_sets = true;
};

std::vector<std::string> permission_names(std::string_view text) {
  if (is_symbol(text)) return {std::string(text)};
  auto names = parse_symbols(text);
  if (!names) refuse(-1130, "Data sent for parameter 'permissions' is not valid.");
  return *names;
}

Asked take_asked(Query &query) {
  Asked asked;
  if (query.peek("symbol")) asked.symbol = take_symbol(query);
  asked.symbols = take_symbols(query);
  if (const auto text = query.take("permissions")) asked.permissions = permission_names(*text);
  asked.status = take_status(query);
  if (const auto text = query.take("showPermissionSets")) {
    if (*text != "true" && *text != "false")
      refuse(-1130, "Data sent for parameter 'showPermissionSets' is not valid.");
    asked.permission_sets = *text == "true";
  }
  if (query.size() > 0) query.finish();
  const bool named = asked.symbol || asked.symbols;
  if ((asked.symbol && asked.symbols) || (named && (asked.permissions || asked.status)))
    refuse(-1128, "Combination of optional parameters invalid.");
  return asked;
}

bool permitted(const std::vector<std::string> &permissions) {
  for (const std::string &name : permissions)
    if (name == "SPOT" || name == "MARGIN" || name == "TRD_GRP_004") return true;
  return false;
}

std::vector<const Instrument *> select(const Listing &listing, const Asked &asked) {
  std::vector<const Instrument *> selected;
  if (asked.symbol) return {&listed(listing, *asked.symbol)};
  if (asked.symbols) {
    for (const std::string &name : *asked.symbols) selected.push_back(&listed(listing, name));
    return selected;
  }
  if (asked.permissions && !permitted(*asked.permissions)) return selected;
  for (const Instrument &each : listing.all())
    if (!asked.status || each.status == *asked.status) selected.push_back(&each);
  return selected;
}

}  // namespace

Reply exchange_info(const Context &context, Query &query) {
  const Asked asked = take_asked(query);
  json::array symbols;
  for (const Instrument *each : select(context.listing, asked))
    symbols.push_back(symbol_info(*each, asked.permission_sets));
  Reply reply = make_reply(200, kJson, {});
  reply.rows = symbols.size();
  const json::object info{{"timezone", "UTC"},
                          {"serverTime", context.shown(context.now_ms())},
                          {"rateLimits", rate_limits(context.rules)},
                          {"exchangeFilters", json::array{}},
                          {"symbols", std::move(symbols)}};
  reply.body = std::make_shared<const std::string>(json::serialize(info));
  return reply;
}

}  // namespace tapedeck::sim::binance
