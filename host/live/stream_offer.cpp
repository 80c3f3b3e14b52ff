#include "live/stream_offer.hpp"

#include <tapedeck/abi.h>

#include <algorithm>
#include <vector>

namespace tapedeck {
namespace {

using From = StreamConfig::CandlesFrom;

constexpr std::uint64_t kStreams = TDK_CAP_STREAM_CANDLES | TDK_CAP_STREAM_TRADES | TDK_CAP_STREAM_QUOTES;

// The best first.
std::vector<CandleOrigin> origins_for(const std::vector<Series> &candles) {
  const auto any = [&](auto... price) {
    return std::any_of(candles.begin(), candles.end(), [&](const Series &s) { return ((s.price_type == price) || ...); });
  };
  if (any(TDK_PRICE_BID, TDK_PRICE_ASK)) return {CandleOrigin::Quotes, CandleOrigin::Vendor};
  if (any(TDK_PRICE_MID)) return {CandleOrigin::Vendor, CandleOrigin::Quotes, CandleOrigin::Trades};
  return {CandleOrigin::Vendor, CandleOrigin::Trades, CandleOrigin::Quotes};
}

std::uint64_t capability_for(CandleOrigin origin) {
  switch (origin) {
    case CandleOrigin::Vendor: return TDK_CAP_STREAM_CANDLES;
    case CandleOrigin::Trades: return TDK_CAP_STREAM_TRADES;
    case CandleOrigin::Quotes: return TDK_CAP_STREAM_QUOTES;
  }
  return 0;
}

From named(CandleOrigin origin) {
  return origin == CandleOrigin::Vendor ? From::Vendor : origin == CandleOrigin::Trades ? From::Trades : From::Quotes;
}

}  // namespace

std::optional<CandleOrigin> stream_origin(const PipelineConfig &pipeline, std::uint64_t capabilities) {
  const From wish = pipeline.stream->candles_from;
  for (const CandleOrigin origin : origins_for(pipeline.series()))
    if ((wish == From::Best || wish == named(origin)) && (capabilities & capability_for(origin)) != 0) return origin;
  return std::nullopt;
}

std::string stream_lack(const PipelineConfig &pipeline, std::uint64_t capabilities) {
  const StreamConfig &wanted = *pipeline.stream;
  if ((capabilities & kStreams) == 0) return "streams nothing as it is configured (a plan may not have it); leave out 'stream', or name another source";
  if (wanted.candles && !stream_origin(pipeline, capabilities))
    return "streams nothing to make live candles of; change 'candles_from' or 'price', or name another source";
  if (wanted.trades && (capabilities & TDK_CAP_STREAM_TRADES) == 0)
    return "streams no trades; leave them out of 'kinds', or name another source";
  if (wanted.quotes && (capabilities & TDK_CAP_STREAM_QUOTES) == 0)
    return "streams no quotes; leave them out of 'kinds', or name another source";
  return "";
}

}  // namespace tapedeck
