#include "api/asked_range.hpp"

#include <algorithm>

#include "api/http_error.hpp"

namespace tapedeck::api {
namespace {

HttpError backwards(Nanos from, Nanos to) {
  return invalid_parameter("'from' (" + format_time(from) + ") is not before 'to' (" + format_time(to) + ")",
                           "the range is [from, to); spans such as 30d count back from now");
}

}  // namespace

RangeParams read_range(const QueryParams &params, Nanos now) {
  const RangeParams r{params.time("from", now), params.time("to", now)};
  if (r.from && r.to && *r.from >= *r.to) throw backwards(*r.from, *r.to);
  return r;
}

std::optional<TimeRange> asked_range(const RangeParams &p, const std::optional<TimeRange> &known, Nanos now) {
  if (p.from && p.to) return TimeRange{*p.from, *p.to};
  if (p.from) {
    const Nanos to = known && *p.from < known->to ? known->to : now;
    if (*p.from >= to) throw backwards(*p.from, to);
    return TimeRange{*p.from, to};
  }
  if (p.to) return TimeRange{known ? std::min(known->from, *p.to) : *p.to, *p.to};
  return known;
}

TimeRange due_part(TimeRange asked, Interval interval, Nanos now) {
  return {interval.ceil(asked.from), std::min(interval.ceil(asked.to), interval.floor(now))};
}

}  // namespace tapedeck::api
