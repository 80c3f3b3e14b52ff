// Whether a vendor streams what a pipeline wants of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "config/config.hpp"

namespace tapedeck {

enum class CandleOrigin { Vendor, Trades, Quotes };

// What live candles are made of, with these TDK_CAP_*: the vendor's own, else trades, else quotes; mid prices rather
// of quotes, bid and ask prices of quotes, and never of trades. Nothing: there is nothing to make them of.
std::optional<CandleOrigin> stream_origin(const PipelineConfig &pipeline, std::uint64_t capabilities);

// What is missing, to be written after the source's name: "streams no trades; ...". Empty: nothing.
std::string stream_lack(const PipelineConfig &pipeline, std::uint64_t capabilities);

}  // namespace tapedeck
