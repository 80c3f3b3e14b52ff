// Candles of a range, window by window.
//
// OANDA answers at most 5000 slots, refuses a `to` that lies in the future by its clock, and leaves
// out slots without a price. So what ends well in the past is asked for by from and to, what reaches
// the present by from and count, and the newest by count; a window with nothing in it is left
// behind by asking for the next candle there is. What comes back outside of what was asked for is
// dropped.
#pragma once

#include "granularity.hpp"
#include "parse.hpp"
#include "session.hpp"

#include <tapedeck/layer/candles.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace oanda {

inline constexpr std::int64_t kSlotsPerRequest = 5000;

class History {
 public:
  explicit History(Session &session) : session_(session) {}

  void fetch(const tapedeck::CandleRequest &rq, tapedeck::CandleWriter &out,
             const tapedeck::Cancel &cancel);

  // The open time of the first candle there is; throws TDK_NOT_FOUND when there is none.
  std::int64_t earliest(const tdk_series &series, const tapedeck::Cancel &cancel);

 private:
  struct Asked {
    std::string instrument;  // the vendor's notation
    const Granularity *granularity;
    PriceKind kind;
  };
  // Of one request. Without `from`: the newest; without `to`: up to now.
  struct Page {
    std::optional<std::int64_t> from_ns, to_ns;
    std::int64_t count = 0;  // 0: by from and to
  };

  void fetch_oldest(const Asked &asked, std::int64_t from, std::int64_t to, std::uint64_t limit,
                    tapedeck::CandleWriter &out, const tapedeck::Cancel &cancel);
  void fetch_newest(const Asked &asked, std::int64_t from, std::int64_t to, std::uint64_t limit,
                    tapedeck::CandleWriter &out, const tapedeck::Cancel &cancel);
  void fetch_window(const Asked &asked, std::int64_t from, std::int64_t to,
                    const tapedeck::Cancel &cancel);
  std::optional<std::int64_t> next_candle(const Asked &asked, std::int64_t from,
                                          const tapedeck::Cancel &cancel);
  void fetch_page(const Asked &asked, const Page &page, const tapedeck::Cancel &cancel);
  static Asked asked_of(const tdk_series &series);

  Session &session_;
  ParsedCandles page_;  // the answer to the last request
};

}  // namespace oanda
