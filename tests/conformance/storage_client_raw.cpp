#include "storage_client_raw.hpp"

namespace tapedeck::conformance {

Columns::Columns(const std::vector<Candle> &candles, const Exponents &exps, bool only_required) {
  for (const Candle &k : candles) {
    const std::int64_t cell[] = {k.open_time, k.open,   k.high,     k.low,
                                 k.close,     k.volume, k.turnover, k.trades};
    for (std::size_t i = 0; i < cells_.size(); ++i) cells_[i].push_back(cell[i]);
    state_.push_back(k.state);
  }
  batch_.struct_size = sizeof batch_;
  batch_.count = candles.size();
  batch_.price_exp = exps.price;
  batch_.volume_exp = exps.volume;
  batch_.turnover_exp = exps.turnover;
  const std::int64_t **columns[] = {&batch_.open_time, &batch_.open,  &batch_.high,
                                    &batch_.low,       &batch_.close, &batch_.volume,
                                    &batch_.turnover,  &batch_.trades};
  std::size_t given = only_required ? 5 : cells_.size();
  for (std::size_t i = 0; i < given; ++i) *columns[i] = cells_[i].data();
  if (!only_required) batch_.state = state_.data();
}

Batch batch_of(const tdk_candle_batch &b) {
  Batch out{
      {b.price_exp, b.volume_exp, b.turnover_exp}, std::string(sv(b.source)), b.fetched_at, {}};
  auto cell = [](const std::int64_t *column, std::uint64_t i) {
    return column ? column[i] : TDK_NULL_I64;
  };
  for (std::uint64_t i = 0; i < b.count; ++i)
    out.candles.push_back({b.open_time[i], b.open[i], b.high[i], b.low[i], b.close[i],
                           cell(b.volume, i), cell(b.turnover, i), cell(b.trades, i),
                           b.state ? b.state[i] : 0});
  return out;
}

tdk_quote raw_quote(const Tick &t) {
  tdk_quote q{};
  q.struct_size = sizeof q;
  q.flags = t.flags;
  q.symbol = str(t.symbol);
  q.time = t.time;
  q.price_exp = t.exps.price;
  q.size_exp = t.exps.turnover;
  q.volume_exp = t.exps.volume;
  q.bid = t.bid;
  q.ask = t.ask;
  q.last = t.last;
  q.bid_size = t.bid_size;
  q.ask_size = t.ask_size;
  q.last_size = t.last_size;
  q.volume = t.volume;
  q.sequence = t.sequence;
  q.trades = t.trades;
  return q;
}

Tick tick_of(const tdk_quote &q) {
  return {std::string(sv(q.symbol)),
          q.time,
          q.sequence,
          q.flags,
          q.bid,
          q.ask,
          q.last,
          q.bid_size,
          q.ask_size,
          q.last_size,
          q.volume,
          q.trades,
          {q.price_exp, q.volume_exp, q.size_exp}};
}

}  // namespace tapedeck::conformance
