// The quotes and trades of one symbol from one store into another, and the two held against each other.
#pragma once

#include <map>

#include "ingest/copy/copy_ports.hpp"
#include "ingest/copy/copy_report.hpp"

namespace tapedeck {

// As SeriesCopy.
class TickCopy {
 public:
  explicit TickCopy(CopyPorts ports) : ports_(ports) {}
  std::uint64_t copy(const std::string &symbol);
  CopyPart compare(const std::string &symbol);

 private:
  // What ticks are told apart by: kind, source, sequence; and what is kept under it.
  struct Key {
    bool trade;
    std::string source;
    std::int64_t sequence;
    auto operator<=>(const Key &) const = default;
  };
  struct Kept {
    std::string version;
    Tick tick;
    bool operator==(const Kept &) const = default;
  };
  using Slice = std::map<Key, Kept>;

  TimeRange extent(Storage &store, const std::string &symbol) const;
  bool read(Storage &store, const std::string &symbol, const SliceWalk &walk, Slice &out) const;
  std::uint64_t write_missing(const std::string &symbol) const;
  static void note(CopyPart &part, const Slice &from, const Slice &to);

  CopyPorts ports_;
  Slice from_, to_;
};

}  // namespace tapedeck
