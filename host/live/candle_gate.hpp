// What of a series' candles goes on: in order, each thing once.
#pragma once

#include <cstdint>
#include <optional>

#include "market/candle_row.hpp"

namespace tapedeck {

// One series. Forming candles only ever grow; a final one stands, unless its source gives another value for
// it, or a better source its own. The rank of a source says which is better, as in the store: 0 is the best, and
// a candle that was built here has a worse one than those of all vendors. Threads: one at a time.
class CandleGate {
 public:
  enum class Verdict {
    Publish,    // new: pass it on, and store it when it is final
    Revised,    // final, and another value than the one before: pass it on and store it
    StoreOnly,  // final, but of a slot before the last final one: too late to pass on
    Duplicate,  // known, or known from a better source
    Stale,      // forming, and behind what was passed on
  };
  Verdict admit(const CandleRow &row, std::uint32_t rank);
  // Another vendor's candle grows in another way.
  void forget_forming() noexcept { forming_.reset(); }

 private:
  Verdict admit_final(const CandleRow &row, std::uint32_t rank);
  Verdict admit_forming(const CandleRow &row);

  std::optional<CandleRow> final_;
  std::uint32_t final_rank_ = 0;
  std::optional<CandleRow> forming_;
};

}  // namespace tapedeck
