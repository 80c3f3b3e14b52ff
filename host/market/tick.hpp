// A trade or a look at the book, by value. Whose it is stands beside it.
#pragma once

#include <tapedeck/abi.h>

#include "market/time.hpp"

namespace tapedeck {

struct Tick {
  Nanos time = 0;
  std::int64_t sequence = TDK_NULL_I64;  // the vendor's, ascending per symbol and kind
  std::int64_t bid = TDK_NULL_I64, ask = TDK_NULL_I64, last = TDK_NULL_I64;  // at 10^price_exp
  std::int64_t bid_size = TDK_NULL_I64, ask_size = TDK_NULL_I64, last_size = TDK_NULL_I64;  // at 10^size_exp
  std::int64_t volume = TDK_NULL_I64;  // of the last 24 h or session, at 10^volume_exp
  std::int64_t trades = TDK_NULL_I64;  // single trades in this one
  std::int32_t price_exp = 0, size_exp = 0, volume_exp = 0;
  std::uint32_t flags = 0;  // TDK_QUOTE_*

  bool trade() const noexcept { return (flags & TDK_QUOTE_TRADE) != 0; }
  bool operator==(const Tick &) const = default;
};

Tick tick_of(const tdk_quote &quote) noexcept;
tdk_quote quote_of(const Tick &tick, tdk_str symbol) noexcept;

}  // namespace tapedeck
