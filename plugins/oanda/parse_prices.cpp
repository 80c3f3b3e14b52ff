#include "parse.hpp"

#include "elements.hpp"
#include "kit/exact_json.hpp"
#include "times.hpp"

namespace oanda {
namespace {

// Whether a > b. Exponents lie within [-18, 18], mantissas are positive.
bool above(kit::Decimal a, kit::Decimal b) {
  __extension__ using Wide = __int128;
  const int exp = a.exp < b.exp ? a.exp : b.exp;
  const auto at = [&](kit::Decimal d) {
    Wide value = d.mantissa;
    for (int e = d.exp; e > exp && value < (Wide{1} << 120); --e) value *= 10;
    return value;
  };
  return at(a) > at(b);
}

// Ladders come in any order.
std::optional<Level> best_of(kit::JsonValue ladder, bool highest) {
  std::optional<Level> best;
  if (!ladder.exists()) return best;
  for (const kit::JsonValue entry : elements(ladder)) {
    Level level{entry["price"].decimal(), {}};
    if (level.price.mantissa <= 0) entry["price"].refuse("is no price");
    if (entry["liquidity"].exists()) level.size = entry["liquidity"].decimal();
    if (level.size.mantissa < 0) entry["liquidity"].refuse("is negative");
    const bool better = !best || (highest ? above(level.price, best->price)
                                          : above(best->price, level.price));
    if (better) best = level;
  }
  return best;
}

// `tradeable` came in 2017, and `status` is on its way out.
bool is_tradeable(kit::JsonValue value) {
  if (value["tradeable"].exists()) return value["tradeable"].boolean();
  return value["status"].text_or("tradeable") == "tradeable";
}

Price price_of(kit::JsonValue value) {
  Price out;
  out.instrument = value["instrument"].text();
  const auto time = parse_time(value["time"].text());
  if (!time) value["time"].refuse("is no time");
  out.time_ns = *time;
  out.tradeable = is_tradeable(value);
  if (value["status"].text_or("") == "invalid") return out;
  out.bid = best_of(value["bids"], true);
  out.ask = best_of(value["asks"], false);
  return out;
}

}  // namespace

std::vector<Price> parse_pricing(std::string_view body) {
  const kit::ExactJson tree(body, "oanda pricing");
  std::vector<Price> out;
  for (const kit::JsonValue value : elements(tree.root()["prices"])) out.push_back(price_of(value));
  return out;
}

void parse_stream_line(std::string_view line, StreamLine &out) {
  const kit::ExactJson tree(line, "oanda stream");
  const kit::JsonValue root = tree.root();
  if (!root.is_object()) root.refuse("is not an object");
  const std::string_view type = root["type"].text_or("");
  out.kind = type == "PRICE"       ? StreamLine::Kind::Price
             : type == "HEARTBEAT" ? StreamLine::Kind::Heartbeat
                                   : StreamLine::Kind::Other;
  if (out.kind == StreamLine::Kind::Price) out.price = price_of(root);
  if (!type.empty() || !root["errorMessage"].is_text()) return;
  out.kind = StreamLine::Kind::Refusal;
  out.said = root["errorMessage"].text();
}

}  // namespace oanda
