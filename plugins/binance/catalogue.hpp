// What Binance lists, remembered for five minutes, and the search in it.
#pragma once

#include "parse.hpp"
#include "session.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace binance {

// Of `all` those that contain the query (any letter case) in a name; whole names first, then base
// assets, each in the vendor's order. limit 0: all.
std::vector<const Listing *> matches(const std::vector<Listing> &all, std::string_view query,
                                     std::uint64_t limit);

class Catalogue {
 public:
  explicit Catalogue(Session &session) : session_(session) {}

  // Valid until the next call. Costs a request of weight 20 when what is remembered is too old.
  const std::vector<Listing> &listings(const tapedeck::Cancel &cancel);

 private:
  Session &session_;
  bool known_ = false;
  std::int64_t known_since_ns_ = 0;
  std::vector<Listing> listings_;
};

}  // namespace binance
