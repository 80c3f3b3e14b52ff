#include "runtime/ledger_entry.hpp"

#include "runtime/provider.hpp"

#include <algorithm>

namespace tapedeck {

std::string_view coverage_state_name(CoverageState state) noexcept {
  switch (state) {
    case CoverageState::Present: return "present";
    case CoverageState::NoTrades: return "no trades";
    case CoverageState::Closed: return "closed";
    case CoverageState::ProviderHasNone: return "provider has none";
    case CoverageState::Failed: return "failed";
  }
  return "unknown";
}

std::string_view coverage_state_id(CoverageState state) noexcept {
  switch (state) {
    case CoverageState::NoTrades: return "no_trades";
    case CoverageState::ProviderHasNone: return "provider_has_none";
    default: return coverage_state_name(state);
  }
}

bool ProviderInfo::offers(Interval i) const {
  return std::find(intervals.begin(), intervals.end(), i) != intervals.end();
}

}  // namespace tapedeck
