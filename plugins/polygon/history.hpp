// Candles of a range, page by page, and the first candle there is.
#pragma once

#include "parse.hpp"
#include "session.hpp"

#include <tapedeck/layer/candles.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace polygon {

// The vendor's maximum. It counts what bars are made of (seconds, minutes, days), not bars.
inline constexpr std::uint64_t kBasePerPage = 50'000;

class History {
 public:
  explicit History(Session &session) : session_(session) {}

  void fetch(const tapedeck::CandleRequest &rq, tapedeck::CandleWriter &out,
             const tapedeck::Cancel &cancel);

  // The open time of the first candle there is; throws TDK_NOT_FOUND when there is none, and
  // TDK_NOT_SUPPORTED when the plan does not reach back to it.
  std::int64_t earliest(const tdk_series &series, const tapedeck::Cancel &cancel);

 private:
  std::int64_t first_open(const tdk_series &series, const tapedeck::Cancel &cancel);

  Session &session_;
};

}  // namespace polygon
