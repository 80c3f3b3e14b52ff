// The instruments that the account may see, remembered for an hour, and the search in them.
#pragma once

#include "parse.hpp"
#include "session.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace oanda {

struct Listing {
  Instrument instrument;
  std::string symbol;  // canonical
};

// Of `all` those that contain the query (any letter case) in a name; whole names first, then sides
// of a pair, each in the vendor's order. limit 0: all.
std::vector<const Listing *> matches(const std::vector<Listing> &all, std::string_view query,
                                     std::uint64_t limit);

class Catalogue {
 public:
  explicit Catalogue(Session &session) : session_(session) {}

  // Valid until the next call. Costs a request when what is remembered is too old.
  const std::vector<Listing> &listings(const tapedeck::Cancel &cancel);

  // By the vendor's name.
  bool has(std::string_view vendor_symbol, const tapedeck::Cancel &cancel);

 private:
  Session &session_;
  bool known_ = false;
  std::int64_t known_since_ns_ = 0;
  std::vector<Listing> listings_;
};

}  // namespace oanda
