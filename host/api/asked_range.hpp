// Which time a request is about, and what of it can be judged.
#pragma once

#include <optional>

#include "api/query_params.hpp"
#include "market/interval.hpp"

namespace tapedeck::api {

// [from, to) as it was asked or filled in: `from` defaults to the first and `to` to the last known
// instant of the series; where `from` alone lies past that, `to` is now. Nothing: neither was given
// and nothing is known. May be empty only where a default made it so.
// Failures: HttpError 400 when from >= to.
struct RangeParams {
  std::optional<Nanos> from, to;
};
RangeParams read_range(const QueryParams &params, Nanos now);
std::optional<TimeRange> asked_range(const RangeParams &params, const std::optional<TimeRange> &known, Nanos now);

// The part of `asked` in which a candle can be missing: the open times that lie in it, of candles
// that have closed by now.
TimeRange due_part(TimeRange asked, Interval interval, Nanos now);

}  // namespace tapedeck::api
