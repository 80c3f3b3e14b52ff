// One entry of the coverage ledger, as the host works with it.
#pragma once

#include <tapedeck/abi.h>

#include <string>
#include <string_view>
#include <vector>

#include "market/time.hpp"

namespace tapedeck {

enum class CoverageState : std::uint32_t {
  Present = TDK_COVERAGE_PRESENT,
  NoTrades = TDK_COVERAGE_NO_TRADES,
  Closed = TDK_COVERAGE_CLOSED,
  ProviderHasNone = TDK_COVERAGE_NONE,
  Failed = TDK_COVERAGE_FAILED,
};

// "present", "no trades", "closed", "provider has none", "failed".
std::string_view coverage_state_name(CoverageState state) noexcept;
// "present", "no_trades", "closed", "provider_has_none", "failed": for programs.
std::string_view coverage_state_id(CoverageState state) noexcept;

struct LedgerEntry {
  CoverageState state = CoverageState::Present;
  TimeRange range;
  std::string source;
  tdk_status error = TDK_OK;            // Failed: why
  std::uint32_t tries = 0;              // Failed: how often so far
  Nanos next_try = TDK_NULL_I64;        // Failed: not before; TDK_NULL_I64: whenever
  Nanos updated = 0;
  std::string reason;                   // for people
};

// A hole is what is neither present nor explained: failed, or (by absence) never asked.
inline bool settles(CoverageState s) noexcept { return s != CoverageState::Failed; }

}  // namespace tapedeck
