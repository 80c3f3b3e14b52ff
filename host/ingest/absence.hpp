// Why a vendor's answer left slots out.
#pragma once

#include "ingest/evidence.hpp"
#include "ingest/plan.hpp"
#include "ingest/vendor_probe.hpp"

namespace tapedeck {

// An empty answer alone proves nothing: a vendor in trouble sends the same, and a cut answer looks
// like a market without trades. So every conclusion rests on candles that the vendor does show: the
// next one, the very first one or the newest one. Threads: one at a time; `evidence` is shared.
class AbsenceJudge {
 public:
  AbsenceJudge(VendorProbe &vendor, Clock &clock) : vendor_(vendor), clock_(clock) {}

  // The entry that explains `absent`, slots at an end of an answer or all of it, for which no row
  // came: NoTrades, ProviderHasNone, or Failed where the vendor may only be late. TDK_BAD_DATA when
  // the vendor contradicts itself, and whatever else asking throws.
  LedgerEntry explain(const SeriesPlan &plan, TimeRange absent, Evidence &evidence);

 private:
  Nanos first_candle(const SeriesPlan &plan, Evidence &evidence);
  LedgerEntry at_the_end(const SeriesPlan &plan, TimeRange absent, Evidence &evidence);
  TimeRange everything(const SeriesPlan &plan);

  VendorProbe &vendor_;
  Clock &clock_;
};

}  // namespace tapedeck
