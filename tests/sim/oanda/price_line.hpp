// A price as JSON: in the answers of the pricing endpoint and in the lines of the stream.
#pragma once

#include <cstdint>
#include <string>

#include "sim/oanda/listing.hpp"
#include "sim/oanda/time_form.hpp"

namespace tapedeck::sim::oanda {

/// Digits of a mantissa of 1e-8 at so many decimals; `more` adds those it needs to be exact.
void append_price(std::string &out, std::int64_t mantissa, int decimals, bool more = false);

/// One ClientPrice. Ladders have one or two entries, in any order; liquidity is an integer, or a
/// float now and then: as `random` wants it.
void append_client_price(std::string &out, const Instrument &instrument, const QuoteTick &tick,
                         bool tradeable, TimeForm form, std::uint64_t random);
/// A price without anybody to trade at it: both sides empty.
void append_empty_price(std::string &out, const Instrument &instrument, const QuoteTick &tick,
                        TimeForm form);
std::string heartbeat_line(std::int64_t now_ms, TimeForm form);

}  // namespace tapedeck::sim::oanda
