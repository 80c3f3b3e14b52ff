// What one store keeps of a stretch of a series and another does not.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/kept_rows.hpp"

namespace tapedeck {

// A candle of which the other store has what stood here before.
struct CandleBehind {
  struct Value {
    const KeptRow *row;  // of the first rows
    Nanos came;          // when it took its place there
  };
  std::vector<Value> later;  // what it has not heard of since, in that order
};

struct KeptDifference {
  std::vector<const KeptRow *> missing;   // of the first rows, as KeptRows has them in order
  std::vector<CandleBehind> behind;       // committing `later`, each when it came, makes them equal
  std::vector<Nanos> different;           // another value stands there
  std::vector<Nanos> other_origin;        // the same value stands there, fetched at another time or from another source
  std::vector<Nanos> extra;               // only the second rows have it
  bool none() const noexcept {
    return missing.empty() && behind.empty() && different.empty() && other_origin.empty() && extra.empty();
  }
};

// Of the rows of one range; valid as long as both are. Threads: any.
KeptDifference difference_of(const KeptRows &first, const KeptRows &second);

// A checksum over rows in their order with all that is kept of them; how they were cut into pieces does not show.
class KeptChecksum {
 public:
  void add(const KeptRows &rows);
  std::uint64_t value() const noexcept;

 private:
  std::uint64_t standing_ = 0, former_ = 0;
};

// Of one word into a checksum, and of a text.
std::uint64_t mixed(std::uint64_t sum, std::uint64_t word) noexcept;
std::uint64_t checksum_of(const std::string &text) noexcept;

}  // namespace tapedeck
