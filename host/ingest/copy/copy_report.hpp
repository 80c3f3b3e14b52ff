// What came of a copy.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "market/time.hpp"

namespace tapedeck {

// How often, and where first.
struct Sightings {
  std::uint64_t count = 0;
  std::optional<Nanos> first{};
  void add(Nanos time) {
    ++count;
    first = first ? std::min(*first, time) : time;
  }
};

// A series, the ticks of a symbol, or one kind of facts; as the first store has it, held against the second.
struct CopyPart {
  enum class Kind { Candles, Ticks, Instruments, Events } kind = Kind::Candles;
  std::string name;                       // "BTC/USDT 1m", "BTC/USDT"
  std::uint64_t rows = 0, revisions = 0, ledger = 0;
  std::optional<Nanos> first{}, last{};
  std::uint64_t checksum = 0, checksum_there = 0;
  std::uint64_t written = 0;              // by this run: rows and revisions
  Sightings missing;                      // the second store lacks it, or has not heard of a newer value
  Sightings different;                    // it has another value; nothing was overwritten
  Sightings other_origin;                 // it has the same value of another origin
  Sightings extra;                        // only it has that
  Sightings ledger_differs;
  bool equal() const noexcept {
    return missing.count + different.count + other_origin.count + extra.count + ledger_differs.count == 0 &&
           checksum == checksum_there;
  }
};

struct CopyReport {
  std::vector<CopyPart> parts;
  bool equal() const noexcept {
    for (const auto &p : parts)
      if (!p.equal()) return false;
    return true;
  }
  bool conflict() const noexcept {
    for (const auto &p : parts)
      if (p.different.count > 0) return true;
    return false;
  }
};

}  // namespace tapedeck
