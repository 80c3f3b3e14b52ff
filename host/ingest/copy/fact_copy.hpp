// What vendors say of symbols and of the economic calendar, from one store into another.
#pragma once

#include "ingest/copy/copy_ports.hpp"
#include "ingest/copy/copy_report.hpp"

namespace tapedeck {

// What the second store was told later stays. Failures: what the stores throw; a store that keeps no such thing has
// none. How many rows were sent.
std::uint64_t copy_symbols(const CopyPorts &ports);
std::uint64_t copy_events(const CopyPorts &ports);
CopyPart compare_symbols(const CopyPorts &ports);
CopyPart compare_events(const CopyPorts &ports);

}  // namespace tapedeck
