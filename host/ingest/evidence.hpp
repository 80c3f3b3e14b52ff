// What was learned of a series beyond the page that was asked for.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "runtime/ledger_entry.hpp"

namespace tapedeck {

// One page's empty answer, confirmed, may explain a month: the pages after it need not be asked.
// Threads: any.
class Evidence {
 public:
  // `state` is NoTrades or ProviderHasNone; `range` may begin at INT64_MIN and end at INT64_MAX.
  void learn(CoverageState state, TimeRange range, const std::string &reason);
  // The vendor's very first candle: nothing before it.
  void learn_first(Nanos open_time);
  // A page's first and last candle. What was learned to be without candles there is forgotten.
  void saw(Nanos first_open, Nanos last_open);

  bool knows_earlier_than(Nanos time) const;  // is a candle before `time` known of?
  bool knows_later_than(Nanos time) const;
  // The entry that explains all of `range`, if one does.
  std::optional<LedgerEntry> explains(TimeRange range) const;

 private:
  struct Known {
    CoverageState state;
    Nanos to;
    std::string reason;
  };
  const std::map<Nanos, Known>::value_type *find(TimeRange range) const;
  void forget(Nanos open_time);

  mutable std::mutex mutex_;
  std::map<Nanos, Known> known_;  // by start; none lies within another
  std::optional<Nanos> first_seen_, last_seen_;
};

}  // namespace tapedeck
