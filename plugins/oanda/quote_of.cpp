#include "quote_of.hpp"

#include "kit/text.hpp"

#include <tapedeck/layer/streams.hpp>

namespace oanda {
namespace {

constexpr int kPriceExp = -5, kSizeExp = 0;

void set_sizes(const Price &price, tdk_quote &q) {
  const kit::Decimal sizes[] = {price.bid->size, price.ask->size};
  const auto exp = kit::common_exponent(sizes, kSizeExp);
  if (!exp) return;
  q.size_exp = *exp;
  kit::mantissa_at(sizes[0], *exp, q.bid_size);
  kit::mantissa_at(sizes[1], *exp, q.ask_size);
}

}  // namespace

std::optional<tdk_quote> quote_of(const Price &price, tdk_str symbol) {
  if (!price.bid || !price.ask) return {};
  const kit::Decimal prices[] = {price.bid->price, price.ask->price};
  const auto exp = kit::common_exponent(prices, kPriceExp);
  if (!exp)
    throw tapedeck::Error(TDK_BAD_DATA, "oanda price of " + kit::excerpt(price.instrument) +
                                            ": bid and ask do not fit one exponent");
  tdk_quote q = tapedeck::empty_quote();
  q.symbol = symbol;
  q.time = price.time_ns;
  q.price_exp = *exp;
  kit::mantissa_at(prices[0], *exp, q.bid);
  kit::mantissa_at(prices[1], *exp, q.ask);
  set_sizes(price, q);
  return q;
}

}  // namespace oanda
