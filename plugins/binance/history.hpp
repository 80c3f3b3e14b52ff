// Candles of a range, page by page.
#pragma once

#include "clock.hpp"
#include "parse.hpp"
#include "session.hpp"

#include <tapedeck/layer/candles.hpp>

#include <cstdint>
#include <string>

namespace binance {

inline constexpr std::size_t kRowsPerPage = 1000;  // the vendor's maximum for klines

// One request. from_ms < 0: the newest rows before to_ms, else the oldest at or after from_ms.
struct PageAsked {
  std::string symbol;  // the vendor's notation
  const Interval *interval;
  std::int64_t from_ms, to_ms;
  std::size_t limit;
};

class History {
 public:
  explicit History(Session &session) : session_(session) {}

  void fetch(const tapedeck::CandleRequest &rq, tapedeck::CandleWriter &out,
             const tapedeck::Cancel &cancel);

  // The open time of the first candle there is; throws TDK_NOT_FOUND when there is none.
  std::int64_t earliest(const tdk_series &series, const tapedeck::Cancel &cancel);

 private:
  void fetch_oldest(PageAsked ask, std::uint64_t limit, tapedeck::CandleWriter &out,
                    const tapedeck::Cancel &cancel);
  void fetch_newest(PageAsked ask, std::uint64_t limit, tapedeck::CandleWriter &out,
                    const tapedeck::Cancel &cancel);
  void fetch_page(const PageAsked &ask, Klines &page, const tapedeck::Cancel &cancel);
  void mark_forming(Klines &page, std::int64_t asked_at_ns, const tapedeck::Cancel &cancel);

  Session &session_;
  ServerClock clock_;
  Klines page_;  // kept for its memory only
};

}  // namespace binance
