// /time_series/cross: one instrument in units of another. Field by field, as the vendor does it, so
// that a high may lie below its open; without a status.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "sim/text.hpp"
#include "sim/twelvedata/endpoints.hpp"

namespace tapedeck::sim::twelvedata {
namespace {

/// What a code stands for: an instrument, or the inverse of one: JPY is one over USD/JPY.
struct Side {
  const Instrument *instrument;
  bool inverse;

  double value(std::int64_t mantissa) const {
    const double price = static_cast<double>(mantissa) / static_cast<double>(kUnit);
    return inverse ? 1 / price : price;
  }
};

Side side_of(const Context &context, const Query &query, std::string_view name) {
  const std::string code(query.get(name));
  for (const auto &[symbol, inverse] :
       {std::pair{code, false}, std::pair{code + "/USD", false}, std::pair{"USD/" + code, true}})
    if (!code.empty() && context.listing.find(symbol) != nullptr)
      return {&known(context, Query(), symbol), inverse};
  refuse(404, concat({"**", name,
                      "** parameter is missing or invalid. Please provide a valid symbol according "
                      "to API documentation: https://twelvedata.com/docs#reference-data"}));
}

std::string instrument_of(const Side &side) {
  const std::string &symbol = side.instrument->symbol;
  return side.inverse ? concat({symbol.substr(symbol.find('/') + 1), "/USD"}) : symbol;
}

std::string exchange_of(const Side &side) {
  return side.instrument->exchange.empty() ? "PHYSICAL CURRENCY" : side.instrument->exchange;
}

/// Eight digits that count, or `dp` decimals.
std::string ratio_text(double value, std::optional<int> decimals) {
  constexpr int kDigits = 8;
  const int magnitude = value > 0 ? static_cast<int>(std::floor(std::log10(value))) : 0;
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals.value_or(std::max(0, kDigits - 1 - magnitude)),
                value);
  return text;
}

std::string row_of(const Side &base, const Candle &over, const Side &quote, const Candle &under,
                   const std::string &time, std::optional<int> decimals) {
  std::string out = concat({"{\"datetime\":\"", time, "\""});
  const auto add = [&](std::string_view name, std::int64_t a, std::int64_t b) {
    out +=
        concat({",\"", name, "\":\"", ratio_text(base.value(a) / quote.value(b), decimals), "\""});
  };
  add("open", over.open, under.open);
  add("high", over.high, under.high);
  add("low", over.low, under.low);
  add("close", over.close, under.close);
  return out + "}";
}

}  // namespace

Part time_series_cross(const Context &context, const Query &query) {
  const Side base = side_of(context, query, "base"), quote = side_of(context, query, "quote");
  const BarsAsked asked = asked_bars(context, query, *base.instrument);
  const Zone zone = asked_zone(query, *base.instrument);
  const auto decimals = asked_decimals(query);
  BarsAsked other{*quote.instrument, asked.interval, asked.from, asked.to, asked.limit, asked.now};
  const std::vector<Candle> over = bars(asked, context.settings);
  const std::vector<Candle> under = bars(other, context.settings);
  std::vector<std::string> rows;
  for (auto a = over.begin(), b = under.begin(); a != over.end() && b != under.end();) {
    if (a->open_time == b->open_time)
      rows.push_back(row_of(base, *a, quote, *b, label(asked.interval, zone, *a), decimals));
    const bool first = a->open_time <= b->open_time, second = b->open_time <= a->open_time;
    a += first;
    b += second;
  }
  if (rows.empty()) throw no_data();
  if (lower(query.get("order", "desc")) != "asc") std::reverse(rows.begin(), rows.end());
  std::string text =
      concat({"{\"meta\":{\"base_instrument\":", json_text(instrument_of(base)),
              ",\"base_currency\":\"\",\"base_exchange\":", json_text(exchange_of(base)),
              ",\"interval\":\"", asked.interval.name,
              "\",\"quote_instrument\":", json_text(instrument_of(quote)),
              ",\"quote_currency\":\"\",\"quote_exchange\":", json_text(exchange_of(quote)),
              "},\"values\":["});
  for (std::size_t n = 0; n < rows.size(); ++n) text += concat({n > 0 ? "," : "", rows[n]});
  return {text + "]}", rows.size()};
}

}  // namespace tapedeck::sim::twelvedata
