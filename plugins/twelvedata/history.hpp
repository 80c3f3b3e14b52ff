// Candles of any range out of /time_series.
//
// The vendor keeps the newest rows of a range, at most 5000, whatever the order; there is no
// cursor. A range that may hold more is asked for backwards, each page ending before the oldest row
// of the one before; if only its oldest rows are wanted, in windows that cannot hold more. Candles
// that the vendor does not open on the host's grid are summed of shorter ones.
#pragma once

#include "parse.hpp"
#include "session.hpp"

#include <tapedeck/layer/candles.hpp>

#include <cstdint>
#include <vector>

namespace twelvedata {

inline constexpr std::uint64_t kRowsPerPage = 5000;

class History {
 public:
  explicit History(Session &session) : session_(session) {}

  void fetch(const tapedeck::CandleRequest &rq, tapedeck::CandleWriter &out,
             const tapedeck::Cancel &cancel);
  // Open time (ns) of the first candle there is. Costs a credit.
  std::int64_t earliest(const tdk_series &series, const tapedeck::Cancel &cancel);

 private:
  struct Asked : SeriesAsked {
    std::string adjustment;  // of stocks: "none", "splits", "all"
  };
  Asked asked_of(const tapedeck::CandleRequest &rq) const;
  std::vector<kit::ExactCandle> backwards(Asked ask, std::uint64_t limit,
                                          const tapedeck::Cancel &cancel);
  std::vector<kit::ExactCandle> forwards(const Asked &ask, std::uint64_t limit,
                                         const tapedeck::Cancel &cancel);
  std::vector<kit::ExactCandle> fetch_rows(const Asked &ask, std::uint64_t limit, bool newest,
                                           const tapedeck::Cancel &cancel);
  std::vector<kit::ExactCandle> fetch_sums(Asked ask, const Interval &parts, std::uint64_t limit,
                                           bool newest, const tapedeck::Cancel &cancel);
  SeriesPage fetch_page(const Asked &ask, std::uint64_t size, const tapedeck::Cancel &cancel);
  void mark_forming(std::vector<kit::ExactCandle> &rows, const Interval &interval) const;

  Session &session_;
};

}  // namespace twelvedata
