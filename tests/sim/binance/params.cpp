#include "sim/binance/params.hpp"

#include <algorithm>

#include "sim/time_text.hpp"

namespace tapedeck::sim::binance {
namespace {

constexpr std::string_view kSymbolRange = R"(^[\w\-._&&[^a-z]]{1,50}$)";
constexpr std::string_view kSymbolsRange =
    R"(^\[("[\w\-._&&[^a-z]]{1,50}"(,"[\w\-._&&[^a-z]]{1,50}"){0,}){0,1}\]$)";
constexpr std::string_view kNumberRange = "^[0-9]{1,20}$";
/// Later than this in ms is the year 5138, so it must be us.
constexpr std::int64_t kFirstMicroseconds = 100'000'000'000'000;

[[noreturn]] void illegal(std::string_view name, std::string_view range) {
  refuse(-1100, "Illegal characters found in parameter '" + std::string(name) +
                    "'; legal range is '" + std::string(range) + "'.");
}

std::string_view take_mandatory(Query &query, std::string_view name) {
  const auto value = query.take(name);
  if (!value)
    refuse(-1102, "Mandatory parameter '" + std::string(name) +
                      "' was not sent, was empty/null, or malformed.");
  if (value->empty()) refuse(-1105, "Parameter '" + std::string(name) + "' was empty.");
  return *value;
}

std::optional<std::string_view> take_optional(Query &query, std::string_view name) {
  const auto value = query.take(name);
  if (value && value->empty()) refuse(-1105, "Parameter '" + std::string(name) + "' was empty.");
  return value;
}

[[noreturn]] void bad_zone() { refuse(-1130, "Data sent for parameter 'timeZone' is not valid."); }

int take_two_digits(std::string_view &text) {
  int value = 0;
  std::size_t digits = 0;
  for (; digits < 2 && digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits)
    value = value * 10 + (text[digits] - '0');
  if (digits == 0) bad_zone();
  text.remove_prefix(digits);
  return value;
}

}  // namespace

bool is_symbol(std::string_view text) {
  const auto legal = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  };
  return !text.empty() && text.size() <= 50 && std::all_of(text.begin(), text.end(), legal);
}

std::string take_symbol(Query &query) {
  const std::string_view symbol = take_mandatory(query, "symbol");
  if (!is_symbol(symbol)) illegal("symbol", kSymbolRange);
  return std::string(symbol);
}

const Instrument &listed(const Listing &listing, std::string_view symbol) {
  const Instrument *found = listing.find(symbol);
  if (found == nullptr) refuse(-1121, "Invalid symbol.");
  return *found;
}

std::optional<std::vector<std::string>> parse_symbols(std::string_view text) {
  std::vector<std::string> names;
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find(','));
    if (item.size() < 3 || item.front() != '"' || item.back() != '"') return std::nullopt;
    const std::string_view name = item.substr(1, item.size() - 2);
    if (!is_symbol(name) || text.size() == item.size() + 1) return std::nullopt;
    names.emplace_back(name);
    text.remove_prefix(std::min(text.size(), item.size() + 1));
  }
  return names;
}

std::optional<std::vector<std::string>> take_symbols(Query &query) {
  const auto value = take_optional(query, "symbols");
  if (!value) return std::nullopt;
  auto names = parse_symbols(*value);
  if (!names) illegal("symbols", kSymbolsRange);
  auto sorted = *names;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end())
    refuse(-1151, "Symbol is present multiple times in the list.");
  return names;
}

std::optional<std::int64_t> take_number(Query &query, std::string_view name) {
  const auto text = take_optional(query, name);
  if (!text) return std::nullopt;
  if (text->size() > 20) illegal(name, kNumberRange);
  Wide value = 0;
  for (const char c : *text) {
    if (c < '0' || c > '9') illegal(name, kNumberRange);
    value = value * 10 + (c - '0');
  }
  return static_cast<std::int64_t>(std::min<Wide>(value, kNoTimeLimit));
}

std::size_t take_limit(Query &query, std::size_t usual, std::size_t most) {
  const auto limit = take_number(query, "limit");
  if (!limit) return usual;
  if (*limit == 0) refuse(-1130, "Data sent for parameter 'limit' is not valid.");
  return static_cast<std::size_t>(std::min(*limit, static_cast<std::int64_t>(most)));
}

std::optional<std::int64_t> take_start_time(Query &query) {
  const auto time = take_number(query, "startTime");
  if (!time || *time < kFirstMicroseconds) return time;
  return (*time + 999) / 1000;
}

std::optional<std::int64_t> take_end_time(Query &query) {
  const auto time = take_number(query, "endTime");
  if (!time || *time < kFirstMicroseconds) return time;
  return *time / 1000;
}

std::int64_t take_zone(Query &query) {
  const auto value = take_optional(query, "timeZone");
  if (!value) return 0;
  std::string_view text = *value;
  const bool negative = text.front() == '-';
  if (negative || text.front() == '+') text.remove_prefix(1);
  const int hours = take_two_digits(text);
  int minutes = 0;
  if (!text.empty()) {
    if (text.front() != ':' || text.size() != 3) bad_zone();
    text.remove_prefix(1);
    minutes = take_two_digits(text);
  }
  const std::int64_t offset = hours * kHourMs + minutes * kMinuteMs;
  if (minutes > 59 || offset > (negative ? 12 : 14) * kHourMs) bad_zone();
  return negative ? -offset : offset;
}

std::string take_interval(Query &query) { return std::string(take_mandatory(query, "interval")); }

Interval known_interval(std::string_view name) {
  const auto interval = find_interval(name);
  if (!interval) refuse(-1120, "Invalid interval.");
  return *interval;
}

std::optional<std::string> take_status(Query &query) {
  const auto status = take_optional(query, "symbolStatus");
  if (!status) return std::nullopt;
  if (*status != "TRADING" && *status != "HALT" && *status != "BREAK")
    refuse(-1122, "Invalid symbolStatus.");
  return std::string(*status);
}

}  // namespace tapedeck::sim::binance
