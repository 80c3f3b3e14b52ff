// What was learned of a series beyond the page that was asked for.
#pragma once

#include <mutex>
#include <optional>
#include <vector>

#include "market/range_set.hpp"
#include "runtime/ledger_entry.hpp"

namespace tapedeck {

// One page's empty answer, confirmed, may explain a month: the pages after it need not be asked.
// Threads: any.
class Evidence {
 public:
  // `state` is NoTrades or ProviderHasNone.
  void learn(CoverageState state, TimeRange range, const std::string &reason);
  void learn_earliest(Nanos first_open);
  bool knows_earlier_than(Nanos time) const;  // is a candle before `time` known of?
  void saw_candle(Nanos open_time);

  // The entry that explains all of `range`, if one does.
  std::optional<LedgerEntry> explains(TimeRange range) const;

 private:
  struct Known {
    CoverageState state;
    TimeRange range;
    std::string reason;
  };
  mutable std::mutex mutex_;
  std::vector<Known> known_;
  std::optional<Nanos> first_seen_;
};

}  // namespace tapedeck
