// Questions to a vendor, and the check that an answer is one to the question.
#pragma once

#include <optional>

#include "base/cancel.hpp"
#include "runtime/provider.hpp"

namespace tapedeck {

// Threads: one at a time; the provider is used by nobody else.
// Failures: what the provider throws; TDK_BAD_DATA for rows outside the range, off the interval's
// grid or not in ascending order.
class VendorProbe {
 public:
  VendorProbe(Provider &provider, Nanos call_timeout, Clock &clock, const CancelSource &cancel);

  void ask(const CandleAsk &what, CandleColumns &out);  // `out` is emptied first
  // The open time of the first and of the last candle in `range`, forming ones included.
  std::optional<Nanos> first_in(const Series &series, TimeRange range);
  std::optional<Nanos> last_in(const Series &series, TimeRange range);
  // The vendor's own word on its first candle; nothing when it does not give one.
  std::optional<Nanos> earliest(const Series &series);

 private:
  Provider &provider_;
  const Nanos call_timeout_;
  Clock &clock_;
  const CancelSource &cancel_;
  CandleColumns answer_;
};

}  // namespace tapedeck
