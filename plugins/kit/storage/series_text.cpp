#include "kit/storage/series_text.hpp"

#include <charconv>

namespace kit {
namespace {

constexpr std::string_view kUnits = "smhdwM";  // TDK_UNIT_SECOND is 1

}  // namespace

std::string interval_text(tdk_interval interval) {
  if (interval.unit < TDK_UNIT_SECOND || interval.unit > kUnits.size() || interval.count == 0)
    throw tapedeck::Error(TDK_INVALID_ARGUMENT, "reading an interval: unit " + std::to_string(interval.unit) +
                                          ", count " + std::to_string(interval.count) +
                                          " is none; give a TDK_UNIT_* and a count from 1");
  return std::to_string(interval.count) + kUnits[interval.unit - 1];
}

tdk_interval parse_interval(std::string_view text) {
  tdk_interval interval{};
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), interval.count);
  auto used = static_cast<std::size_t>(end - text.data());
  auto unit = used + 1 == text.size() ? kUnits.find(text[used]) : std::string_view::npos;
  if (failed != std::errc{} || unit == std::string_view::npos)
    throw tapedeck::Error(TDK_IO, "reading the series: '" + std::string(text) +
                            "' is no interval; someone changed the table by hand");
  interval.unit = static_cast<std::uint32_t>(unit) + 1;
  return interval;
}

std::string describe_series(const tdk_series &s) {
  return std::string(tapedeck::sv(s.symbol)) + " " + interval_text(s.interval);
}

}  // namespace kit
