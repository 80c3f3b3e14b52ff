#include "live/stream_offer.hpp"

#include <tapedeck/abi.h>

namespace tapedeck {
namespace {

using From = StreamConfig::CandlesFrom;

constexpr std::uint64_t kStreams = TDK_CAP_STREAM_CANDLES | TDK_CAP_STREAM_TRADES | TDK_CAP_STREAM_QUOTES;

}  // namespace

std::optional<CandleOrigin> stream_origin(From wish, std::uint64_t capabilities) {
  const auto has = [&](std::uint64_t capability) { return (capabilities & capability) != 0; };
  if ((wish == From::Best || wish == From::Vendor) && has(TDK_CAP_STREAM_CANDLES)) return CandleOrigin::Vendor;
  if ((wish == From::Best || wish == From::Trades) && has(TDK_CAP_STREAM_TRADES)) return CandleOrigin::Trades;
  if ((wish == From::Best || wish == From::Quotes) && has(TDK_CAP_STREAM_QUOTES)) return CandleOrigin::Quotes;
  return std::nullopt;
}

std::string stream_lack(const StreamConfig &wanted, std::uint64_t capabilities) {
  if ((capabilities & kStreams) == 0) return "streams nothing; leave out 'stream', or name another source";
  if (wanted.candles && !stream_origin(wanted.candles_from, capabilities))
    return "streams nothing to make live candles of; change 'candles_from', or name another source";
  if (wanted.trades && (capabilities & TDK_CAP_STREAM_TRADES) == 0)
    return "streams no trades; leave them out of 'kinds', or name another source";
  if (wanted.quotes && (capabilities & TDK_CAP_STREAM_QUOTES) == 0)
    return "streams no quotes; leave them out of 'kinds', or name another source";
  return "";
}

}  // namespace tapedeck
