// What goes to the store in one transaction, or into the spool as one record.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "market/candle_columns.hpp"
#include "market/series.hpp"
#include "runtime/ledger_entry.hpp"
#include "runtime/storage.hpp"

namespace tapedeck {

// Candles of one series from one source, with what the ledger says of them.
struct CandlePart {
  Series series;
  std::string source, version;
  std::uint32_t rank = 0;
  Nanos fetched_at = 0;
  CandleColumns candles;
  std::vector<LedgerEntry> ledger;
};

// Ticks of one source.
struct TickPart {
  std::string source, version;
  std::vector<TickBatch> symbols;
};

struct DeliveryBatch {
  std::vector<CandlePart> candles;  // in the order in which they came
  std::vector<TickPart> ticks;
  std::size_t rows = 0;  // as the queue counts them, see Delivery
  Nanos oldest = 0;      // on the monotonic clock: when its first row was put

  std::size_t candle_rows() const noexcept;
  std::size_t tick_rows() const noexcept;
  // Puts what came later behind; takes it away from `later`.
  void append(DeliveryBatch &&later);
};

}  // namespace tapedeck
