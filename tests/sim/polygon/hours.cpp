#include "sim/polygon/hours.hpp"

#include "sim/time_text.hpp"
#include "sim/zone.hpp"

namespace tapedeck::sim::polygon {
namespace {

bool in_new_york(Market market) { return market == Market::Stocks || market == Market::Indices; }

bool forex_open(std::int64_t day, std::int64_t of_day) {
  constexpr std::int64_t turn = 17 * kHourMs;
  const std::int64_t week = weekday(day);
  if (week == 6) return false;
  if (week == 5) return of_day < turn;
  return week != 0 || of_day >= turn;
}

bool weekday_between(std::int64_t day, std::int64_t of_day, std::int64_t from, std::int64_t to) {
  const std::int64_t week = weekday(day);
  return week >= 1 && week <= 5 && of_day >= from && of_day < to;
}

}  // namespace

bool is_open(Market market, std::int64_t utc_ms) {
  if (market == Market::Crypto) return true;
  const std::int64_t local = utc_ms + Zone::new_york().offset_ms(utc_ms);
  const std::int64_t day = floor_div(local, kDayMs);
  const std::int64_t of_day = local - day * kDayMs;
  if (market == Market::Forex) return forex_open(day, of_day);
  if (market == Market::Stocks) return weekday_between(day, of_day, 4 * kHourMs, 20 * kHourMs);
  return weekday_between(day, of_day, 9 * kHourMs + 30 * kMinuteMs, 16 * kHourMs);
}

std::int64_t day_number(Market market, std::int64_t utc_ms) {
  const std::int64_t offset = in_new_york(market) ? Zone::new_york().offset_ms(utc_ms) : 0;
  return floor_div(utc_ms + offset, kDayMs);
}

std::int64_t start_of_day(Market market, std::int64_t day) {
  const std::int64_t midnight = day * kDayMs;
  return in_new_york(market) ? Zone::new_york().to_utc(midnight) : midnight;
}

std::int64_t day_open(Market market, std::int64_t utc_ms) {
  return start_of_day(market, day_number(market, utc_ms));
}

std::int64_t shift_days(Market market, std::int64_t open_ms, std::int64_t days) {
  return start_of_day(market, day_number(market, open_ms) + days);
}

}  // namespace tapedeck::sim::polygon
