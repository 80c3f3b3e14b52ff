// Facts as bytes for a cache, and back: little-endian, lengths before texts, a version in front.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/facts.hpp"

namespace tapedeck {

// What stands in front of every fact.
struct FactHead {
  std::string source;    // who was asked
  Nanos fetched_at = 0;
  bool operator==(const FactHead &) const = default;
};

std::string bytes_of(const FactHead &head, const QuoteRow &quote);
std::string bytes_of(const FactHead &head, const std::vector<SymbolInfo> &symbols);
std::string bytes_of(const FactHead &head, const std::vector<EconomicEvent> &events);
std::string bytes_of(const FactHead &head, Nanos earliest);

// False when the bytes are no such thing: those of another version, or cut off. Threads: any.
bool read_bytes(std::string_view bytes, FactHead &head, QuoteRow &quote);
bool read_bytes(std::string_view bytes, FactHead &head, std::vector<SymbolInfo> &symbols);
bool read_bytes(std::string_view bytes, FactHead &head, std::vector<EconomicEvent> &events);
bool read_bytes(std::string_view bytes, FactHead &head, Nanos &earliest);

}  // namespace tapedeck
