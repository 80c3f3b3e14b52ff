#include "market/interval.hpp"

#include <algorithm>
#include <array>

namespace tapedeck {
namespace {

struct Entry {
  std::string_view name;
  tdk_interval abi;
  std::array<std::string_view, 6> aliases;
};
constexpr std::array<Entry, 10> kIntervals = {{
    {"1s", {TDK_UNIT_SECOND, 1}, {"S1", "1sec"}},
    {"1m", {TDK_UNIT_MINUTE, 1}, {"M1", "1min"}},
    {"5m", {TDK_UNIT_MINUTE, 5}, {"M5", "5min"}},
    {"15m", {TDK_UNIT_MINUTE, 15}, {"M15", "15min"}},
    {"30m", {TDK_UNIT_MINUTE, 30}, {"M30", "30min"}},
    {"1h", {TDK_UNIT_HOUR, 1}, {"H1", "1H", "60m", "60min", "1hour"}},
    {"4h", {TDK_UNIT_HOUR, 4}, {"H4", "4H", "4hour"}},
    {"1d", {TDK_UNIT_DAY, 1}, {"D1", "D", "1D", "1day"}},
    {"1w", {TDK_UNIT_WEEK, 1}, {"W1", "W", "1W", "1week"}},
    {"1M", {TDK_UNIT_MONTH, 1}, {"MN1", "MN", "1month", "1mo"}},
}};

// The epoch was a Thursday: the first Monday is four days later.
constexpr Nanos kMonday = 4 * kDay;

Nanos floor_to(Nanos time, Nanos length, Nanos anchor) noexcept {
  const Nanos rest = (time % length - anchor % length + 2 * length) % length;
  return time < INT64_MIN + rest ? INT64_MIN : time - rest;
}

std::int64_t month_index(Nanos time) noexcept {
  const CivilTime c = civil_of(time);
  return std::int64_t{c.year} * 12 + c.month - 1;
}

Nanos month_start(std::int64_t index) noexcept {
  static const std::int64_t first = month_index(INT64_MIN) + 1, last = month_index(INT64_MAX);
  if (index < first) return INT64_MIN;
  if (index > last) return INT64_MAX;
  CivilTime c;
  c.year = static_cast<int>(index / 12);
  c.month = static_cast<unsigned>(index % 12) + 1;
  return nanos_of(c);
}

}  // namespace

std::optional<Interval> Interval::parse(std::string_view text) {
  for (const auto &e : kIntervals)
    if (e.name == text || (!text.empty() && std::find(e.aliases.begin(), e.aliases.end(), text) !=
                                                e.aliases.end()))
      return Interval(e.abi);
  return std::nullopt;
}

std::optional<Interval> Interval::from_abi(tdk_interval abi) {
  const Interval wanted(abi);
  for (const auto &i : all())
    if (i == wanted) return i;
  return std::nullopt;
}

const std::vector<Interval> &Interval::all() {
  static const std::vector<Interval> list = [] {
    std::vector<Interval> v;
    for (const auto &e : kIntervals) v.emplace_back(e.abi);
    return v;
  }();
  return list;
}

std::string Interval::name() const {
  for (const auto &e : kIntervals)
    if (e.abi.unit == abi_.unit && e.abi.count == abi_.count) return std::string(e.name);
  return std::to_string(abi_.count) + "?";
}

Nanos Interval::fixed_length() const noexcept {
  switch (abi_.unit) {
    case TDK_UNIT_SECOND: return abi_.count * kSecond;
    case TDK_UNIT_MINUTE: return abi_.count * kMinute;
    case TDK_UNIT_HOUR: return abi_.count * kHour;
    case TDK_UNIT_DAY: return abi_.count * kDay;
    case TDK_UNIT_WEEK: return abi_.count * 7 * kDay;
    default: return 0;
  }
}

Nanos Interval::floor(Nanos time) const noexcept {
  if (abi_.unit == TDK_UNIT_MONTH) return month_start(month_index(time));
  return floor_to(time, fixed_length(), abi_.unit == TDK_UNIT_WEEK ? kMonday : 0);
}

Nanos Interval::next(Nanos open_time) const noexcept { return advance(open_time, 1); }

Nanos Interval::ceil(Nanos time) const noexcept {
  const Nanos open = floor(time);
  return open == time ? time : next(open);
}

Nanos Interval::advance(Nanos open_time, std::int64_t n) const noexcept {
  const Nanos end = n < 0 ? INT64_MIN : INT64_MAX;
  std::int64_t to = 0;
  if (abi_.unit == TDK_UNIT_MONTH)
    return __builtin_add_overflow(month_index(open_time), n, &to) ? end : month_start(to);
  if (__builtin_mul_overflow(n, fixed_length(), &to)) return end;
  return __builtin_add_overflow(open_time, to, &to) ? end : to;
}

std::int64_t Interval::count(TimeRange range) const noexcept {
  if (range.empty()) return 0;
  const Nanos first = ceil(range.from), end = ceil(range.to);
  if (abi_.unit == TDK_UNIT_MONTH) return month_index(end) - month_index(first);
  return (end - first) / fixed_length();
}

}  // namespace tapedeck
