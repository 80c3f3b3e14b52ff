// The vendor's list of tickers: searched, and asked whether it has one.
#pragma once

#include "parse.hpp"
#include "session.hpp"

#include <tapedeck/plugin.hpp>

#include <string>
#include <string_view>
#include <unordered_set>

namespace polygon {

class Catalogue {
 public:
  explicit Catalogue(Session &session) : session_(session) {}

  void search(std::string_view query, std::uint64_t limit, const tdk_symbol_sink &sink,
              const tapedeck::Cancel &cancel);

  // Whether the ticker is listed; asked once for each. Streams of names that are not are acknowledged
  // like any other, and silent for ever. When the vendor does not answer the question at once: true, and
  // for a while nothing is asked, since a stream waits for it. Throws TDK_CANCELLED and TDK_TIMEOUT only.
  bool lists(const Ticker &ticker, const tapedeck::Cancel &cancel);

 private:
  Session &session_;
  std::unordered_set<std::string> known_;
  std::int64_t not_before_ns_ = INT64_MIN;  // monotonic
};

}  // namespace polygon
