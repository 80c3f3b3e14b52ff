// What of a series' candles goes on: in order, each thing once.
#pragma once

#include <cstdint>
#include <optional>

#include "market/candle_row.hpp"

namespace tapedeck {

// One series. Forming candles only ever grow; a final one stands, unless the vendor gives another value
// for it, or its own for one that was built here. Threads: one at a time.
class CandleGate {
 public:
  enum class Verdict {
    Publish,    // new: pass it on, and store it when it is final
    Revised,    // final, and another value than the one before: pass it on and store it
    StoreOnly,  // final, but of a slot before the last final one: too late to pass on
    Duplicate,  // known
    Stale,      // forming, and behind what was passed on
  };
  // `built`: made here, out of trades or quotes.
  Verdict admit(const CandleRow &row, bool built);
  // Another vendor's candle grows in another way.
  void forget_forming() noexcept { forming_.reset(); }

 private:
  Verdict admit_final(const CandleRow &row, bool built);
  Verdict admit_forming(const CandleRow &row);

  std::optional<CandleRow> final_;
  bool final_is_built_ = false;
  std::optional<CandleRow> forming_;
};

}  // namespace tapedeck
