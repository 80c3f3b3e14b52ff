#include "market/tick.hpp"

namespace tapedeck {

Tick tick_of(const tdk_quote &q) noexcept {
  return {.time = q.time,
          .sequence = q.sequence,
          .bid = q.bid,
          .ask = q.ask,
          .last = q.last,
          .bid_size = q.bid_size,
          .ask_size = q.ask_size,
          .last_size = q.last_size,
          .volume = q.volume,
          .trades = q.trades,
          .price_exp = q.price_exp,
          .size_exp = q.size_exp,
          .volume_exp = q.volume_exp,
          .flags = q.flags};
}

tdk_quote quote_of(const Tick &t, tdk_str symbol) noexcept {
  tdk_quote q{};
  q.struct_size = sizeof q;
  q.flags = t.flags;
  q.symbol = symbol;
  q.time = t.time;
  q.price_exp = t.price_exp;
  q.size_exp = t.size_exp;
  q.bid = t.bid;
  q.ask = t.ask;
  q.last = t.last;
  q.bid_size = t.bid_size;
  q.ask_size = t.ask_size;
  q.last_size = t.last_size;
  q.volume = t.volume;
  q.volume_exp = t.volume_exp;
  q.sequence = t.sequence;
  q.trades = t.trades;
  return q;
}

}  // namespace tapedeck
