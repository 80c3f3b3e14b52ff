#include "parse.hpp"

#include "elements.hpp"
#include "kit/exact_json.hpp"
#include "times.hpp"

#include <tapedeck/abi/market.h>

namespace oanda {
namespace {

std::string_view name_of(PriceKind kind) {
  return kind == PriceKind::Mid ? "mid" : kind == PriceKind::Bid ? "bid" : "ask";
}

bool same(const kit::Decimal &a, const kit::Decimal &b) {
  return a.mantissa == b.mantissa && a.exp == b.exp;
}

bool same_prices(const kit::ExactCandle &a, const kit::ExactCandle &b) {
  return same(a.open, b.open) && same(a.high, b.high) && same(a.low, b.low) &&
         same(a.close, b.close) && a.state == b.state;
}

kit::Decimal price_of(kit::JsonValue value) {
  const kit::Decimal price = value.decimal();
  if (price.mantissa <= 0) value.refuse("is no price");
  return price;
}

kit::ExactCandle candle_of(kit::JsonValue value, PriceKind kind) {
  kit::ExactCandle out;
  const auto time = parse_time(value["time"].text());
  if (!time) value["time"].refuse("is no time");
  out.open_time = *time;
  const kit::JsonValue prices = value[name_of(kind)];
  if (!prices.is_object()) prices.refuse("is not there, although it was asked for");
  out.open = price_of(prices["o"]);
  out.high = price_of(prices["h"]);
  out.low = price_of(prices["l"]);
  out.close = price_of(prices["c"]);
  const std::int64_t volume = value["volume"].whole_number();
  if (volume < 0) value["volume"].refuse("is negative");
  out.volume = kit::Decimal{volume, 0};
  out.state = value["complete"].boolean() ? 0 : TDK_CANDLE_FORMING;
  return out;
}

}  // namespace

// A candle that is there twice, alike, is one candle.
void parse_candles(std::string_view body, PriceKind kind, ParsedCandles &out) {
  out.rows.clear();
  const kit::ExactJson tree(body, "oanda candles");
  for (const kit::JsonValue value : elements(tree.root()["candles"])) {
    kit::ExactCandle row = candle_of(value, kind);
    if (!out.rows.empty() && row.open_time <= out.rows.back().open_time) {
      const bool again = row.open_time == out.rows.back().open_time &&
                         same_prices(row, out.rows.back());
      if (!again) value.refuse("does not come after the one before it");
      continue;
    }
    out.rows.push_back(row);
  }
}

}  // namespace oanda
