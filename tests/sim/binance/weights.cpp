#include "sim/binance/weights.hpp"

#include <charconv>

#include "sim/binance/params.hpp"

namespace tapedeck::sim::binance {

std::int64_t price_weight(const Query &query) { return query.peek("symbol") ? 2 : 4; }

std::int64_t day_weight(const Query &query) {
  if (query.peek("symbol")) return 2;
  const auto list = query.peek("symbols");
  if (!list) return 80;
  const auto names = parse_symbols(*list);
  const std::size_t count = names ? names->size() : 1;
  return count <= 20 ? 2 : count <= 100 ? 40 : 80;
}

std::int64_t depth_weight(const Query &query) {
  std::int64_t limit = 100;
  if (const auto text = query.peek("limit"))
    std::from_chars(text->data(), text->data() + text->size(), limit);
  return limit <= 100 ? 5 : limit <= 500 ? 25 : limit <= 1'000 ? 50 : 250;
}

}  // namespace tapedeck::sim::binance
