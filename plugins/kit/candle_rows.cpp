#include "kit/candle_rows.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace kit {
namespace {

struct Exponents {
  int price, volume, turnover;
};
struct Batch {
  std::span<const ExactCandle> rows;
  Exponents exponents;
};

std::vector<Decimal> prices_of(std::span<const ExactCandle> rows) {
  std::vector<Decimal> out;
  for (const ExactCandle &row : rows)
    out.insert(out.end(), {row.open, row.high, row.low, row.close});
  return out;
}

std::vector<Decimal> present(std::span<const ExactCandle> rows,
                             std::optional<Decimal> ExactCandle::*field) {
  std::vector<Decimal> out;
  for (const ExactCandle &row : rows)
    if (row.*field) out.push_back(*(row.*field));
  return out;
}

std::optional<Exponents> exponents_of(std::span<const ExactCandle> rows, int price, int volume) {
  const auto prices = common_exponent(prices_of(rows), price);
  const auto volumes = common_exponent(present(rows, &ExactCandle::volume), volume);
  const auto turnovers = common_exponent(present(rows, &ExactCandle::turnover), volume);
  if (!prices || !volumes || !turnovers) return {};
  return Exponents{*prices, *volumes, *turnovers};
}

// Halves what does not fit together, down to single rows.
void divide(std::span<const ExactCandle> rows, int price, int volume, const std::string &where,
            std::vector<Batch> &out) {
  if (const auto exponents = exponents_of(rows, price, volume)) {
    out.push_back({rows, *exponents});
    return;
  }
  if (rows.size() == 1)
    throw tapedeck::Error(TDK_BAD_DATA,
                          where + ": the amounts of the candle at " +
                              std::to_string(rows.front().open_time / 1'000'000'000) +
                              " (unix seconds) do not fit into int64 at one exponent");
  divide(rows.first(rows.size() / 2), price, volume, where, out);
  divide(rows.subspan(rows.size() / 2), price, volume, where, out);
}

std::int64_t at(const std::optional<Decimal> &value, int exp) {
  std::int64_t out = TDK_NULL_I64;
  if (value) mantissa_at(*value, exp, out);
  return out;
}

void push(const Batch &from, tapedeck::CandleWriter &out) {
  enum Column { kTime, kOpen, kHigh, kLow, kClose, kVolume, kTurnover, kTrades, kColumns };
  std::array<std::vector<std::int64_t>, kColumns> column;
  std::vector<std::uint32_t> state;
  const Exponents &exp = from.exponents;
  for (const ExactCandle &row : from.rows) {
    const std::int64_t cells[kColumns] = {row.open_time,
                                          at(row.open, exp.price),
                                          at(row.high, exp.price),
                                          at(row.low, exp.price),
                                          at(row.close, exp.price),
                                          at(row.volume, exp.volume),
                                          at(row.turnover, exp.turnover),
                                          row.trades};
    for (std::size_t i = 0; i < kColumns; ++i) column[i].push_back(cells[i]);
    state.push_back(row.state);
  }
  tdk_candle_batch batch{};
  batch.struct_size = sizeof batch;
  batch.count = from.rows.size();
  batch.price_exp = exp.price;
  batch.volume_exp = exp.volume;
  batch.turnover_exp = exp.turnover;
  batch.open_time = column[kTime].data();
  batch.open = column[kOpen].data();
  batch.high = column[kHigh].data();
  batch.low = column[kLow].data();
  batch.close = column[kClose].data();
  batch.volume = column[kVolume].data();
  batch.turnover = column[kTurnover].data();
  batch.trades = column[kTrades].data();
  batch.state = state.data();
  out.push_batch(batch);
}

}  // namespace

void push_rows(std::span<const ExactCandle> rows, int preferred_price_exp, int preferred_volume_exp,
               const std::string &where, tapedeck::CandleWriter &out) {
  if (rows.empty()) return;
  std::vector<Batch> batches;
  divide(rows, preferred_price_exp, preferred_volume_exp, where, batches);
  for (const Batch &batch : batches) push(batch, out);
}

}  // namespace kit
