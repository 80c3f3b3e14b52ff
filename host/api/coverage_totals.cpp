#include "api/coverage_totals.hpp"

#include "market/range_set.hpp"

namespace tapedeck::api {
namespace {

constexpr CoverageState kBestFirst[] = {CoverageState::Present, CoverageState::NoTrades, CoverageState::Closed,
                                        CoverageState::ProviderHasNone, CoverageState::Failed};

StateTotal total_of(std::string_view state, const RangeSet &set, Interval interval) {
  StateTotal total{state, 0, 0};
  for (const auto &r : set.ranges()) {
    total.seconds += (r.to - r.from) / kSecond;
    total.candles += interval.count(r);
  }
  return total;
}

}  // namespace

std::vector<StateTotal> coverage_totals(const std::vector<LedgerEntry> &ledger, TimeRange range, Interval interval,
                                        const Calendar *calendar) {
  std::vector<StateTotal> totals;
  RangeSet left(range);
  for (const CoverageState state : kBestFirst) {
    RangeSet of_state;
    for (const auto &e : ledger)
      if (e.state == state) of_state.add(e.range);
    if (state == CoverageState::Closed)
      for (const auto &r : closed_slots(calendar, interval, range).ranges()) of_state.add(r);
    RangeSet counted = left;
    RangeSet rest = left;
    rest.subtract(of_state);
    counted.subtract(rest);
    totals.push_back(total_of(coverage_state_id(state), counted, interval));
    left = rest;
  }
  // Optional slots that nothing came for are no business of anybody's.
  totals.push_back(total_of("never_asked", worth_asking(std::move(left), calendar, interval), interval));
  return totals;
}

}  // namespace tapedeck::api
