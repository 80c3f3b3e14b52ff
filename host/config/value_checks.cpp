#include "config/value_checks.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "config/problems.hpp"
#include "market/calendar.hpp"
#include "market/instrument.hpp"

namespace tapedeck {
namespace {

constexpr std::size_t kMaxName = 64;

bool digits_only(const std::string &s) {
  return !s.empty() && s.find_first_not_of("0123456789") == std::string::npos;
}

std::string time_problem(const Word &word, Nanos now) {
  if (parse_time(word.value, now)) return {};
  if (digits_only(word.value) && word.value.size() <= 4)
    return quoted(word.written) + " has no unit; write " + word.written + "d, " + word.written +
           "h or a date such as 2024-01-01";
  return quoted(word.written) +
         " is no time; write a date (2024-01-01, 2024-01-01T10:00:00Z) or a span (2y, 30d, 12h)";
}

std::string integer_problem(const KeySpec &key, const Word &word) {
  const std::string range = std::to_string(key.min) + " to " + std::to_string(key.max);
  const auto n = parse_integer(word.value);
  if (!n)
    return quoted(key.name) + ": expected a whole number from " + range + ", found " +
           quoted(word.written);
  if (*n >= key.min && *n <= key.max) return {};
  return quoted(key.name) + ": " + word.written + " is out of range; allowed are " + range;
}

std::string duration_problem(const KeySpec &key, const Word &word) {
  const auto span = parse_duration(word.value);
  if (!span)
    return quoted(key.name) + ": " + quoted(word.written) +
           (digits_only(word.value) ? " has no unit; write " + word.written + "s or " + word.written + "ms"
                                    : " is no duration; write a number and a unit, such as 15s, 250ms or 5m");
  const std::int64_t ms = *span / 1'000'000;
  if (ms >= key.min && ms <= key.max) return {};
  return quoted(key.name) + ": " + word.written + " is out of range; allowed are " +
         format_duration(Nanos{key.min} * 1'000'000) + " to " + format_duration(Nanos{key.max} * 1'000'000);
}

std::string choice_problem(const KeySpec &key, const Word &word) {
  if (std::find(key.choices.begin(), key.choices.end(), word.value) != key.choices.end()) return {};
  return quoted(key.name) + ": unknown " + quoted(word.written) + did_you_mean_or_list(word.value, key.choices);
}

std::string boolean_problem(const KeySpec &key, const Word &word) {
  if (word.value == "true" || word.value == "false") return {};
  return quoted(key.name) + ": expected true or false, found " + quoted(word.written);
}

std::string interval_problem(const Word &word) {
  if (Interval::parse(word.value)) return {};
  std::vector<std::string> names;
  for (const auto &i : Interval::all()) names.push_back(i.name());
  // All are listed: the nearest to "2m" is as near as any other.
  return "unknown interval " + quoted(word.written) + "; valid are " + join(names, " ");
}

std::string calendar_problem(const Word &word) {
  if (find_calendar(word.value)) return {};
  const auto &later = later_calendars();
  if (std::find(later.begin(), later.end(), word.value) != later.end())
    return "calendar " + quoted(word.written) + " comes with a later version of Tapedeck; use " +
           join(calendar_names(), " or ");
  return "unknown calendar " + quoted(word.written) +
         did_you_mean_or_list(word.value, calendar_names());
}

// Names are not looked up: a test of an address must not depend on a resolver.
bool is_loopback(const std::string &host) {
  if (host == "localhost" || host == "::1") return true;
  // All of the name, not its start: 127.example.com is anywhere.
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos &&
         std::count(host.begin(), host.end(), '.') == 3 && host.find("..") == std::string::npos &&
         host.back() != '.';
}

std::string listen_problem(const Word &word) {
  const auto address = parse_listen(word.value);
  if (!address)
    return quoted(word.written) +
           " is no address; write host:port, such as 127.0.0.1:8080 (ports are 0 to 65535)";
  if (is_loopback(address->first)) return {};
  return quoted(word.written) +
         ": Tapedeck listens on loopback only: access control comes with a later version";
}

std::string symbol_word_problem(const Word &word) {
  const auto why = instrument_problem(word.value);
  return why ? "invalid symbol " + quoted(word.written) + ": " + *why : std::string();
}

std::string version_problem(const Word &word) {
  if (word.value == "1") return {};
  return "version " + quoted(word.written) + " is not known to this Tapedeck; write version: 1";
}

}  // namespace

std::optional<std::int64_t> parse_integer(const std::string &text) {
  std::int64_t n = 0;
  const char *end = text.data() + text.size();
  const auto r = std::from_chars(text.data(), end, n);
  return text.empty() || r.ec != std::errc() || r.ptr != end ? std::nullopt : std::optional(n);
}

std::string name_problem(const std::string &name, const std::string &written) {
  constexpr std::string_view kFirst =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  const bool starts_well = !name.empty() && kFirst.find(name[0]) != std::string_view::npos;
  const std::string allowed = std::string(kFirst) + "._-";
  if (starts_well && name.size() <= kMaxName &&
      name.find_first_not_of(allowed) == std::string::npos)
    return {};
  return "invalid name " + quoted(written) +
         ": letters, digits, '.', '_' and '-', starting with a letter or digit, at most 64";
}

std::optional<std::pair<std::string, std::uint16_t>> parse_listen(const std::string &text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || !digits_only(text.substr(colon + 1))) return std::nullopt;
  const auto port = parse_integer(text.substr(colon + 1));
  std::string host = text.substr(0, colon);
  const bool v6 = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (v6) host = host.substr(1, host.size() - 2);
  constexpr std::string_view kHost =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
  const std::string allowed = v6 ? "0123456789abcdefABCDEF:.%" : std::string(kHost);
  if (host.empty() || host.find_first_not_of(allowed) != std::string::npos) return std::nullopt;
  if (!port || *port > UINT16_MAX) return std::nullopt;
  return std::pair(host, static_cast<std::uint16_t>(*port));
}

std::string canonical_item(KeyType type, const std::string &value) {
  if (type == KeyType::IntervalList) {
    const auto interval = Interval::parse(value);
    return interval ? interval->name() : value;
  }
  if (type == KeyType::SymbolList) {  // "BTCUSDT" and "BTC/USDT" are one symbol
    const auto meant = read_symbol(value);
    if (meant.size() == 1) return meant.front().symbol;
  }
  return value;
}

std::string word_problem(const KeySpec &key, const Word &word, Nanos now) {
  switch (key.type) {
    case KeyType::Version:
      return version_problem(word);
    case KeyType::Name:
      return name_problem(word.value, word.written);
    case KeyType::Integer:
      return integer_problem(key, word);
    case KeyType::Boolean:
      return boolean_problem(key, word);
    case KeyType::Duration:
      return duration_problem(key, word);
    case KeyType::Choice:
    case KeyType::ChoiceList:
      return choice_problem(key, word);
    case KeyType::Time:
      return time_problem(word, now);
    case KeyType::Listen:
      return listen_problem(word);
    case KeyType::Calendar:
      return calendar_problem(word);
    case KeyType::SymbolList:
      return symbol_word_problem(word);
    case KeyType::IntervalList:
      return interval_problem(word);
    default:
      return word.value.empty() ? quoted(key.name) + " is empty" : std::string();
  }
}

}  // namespace tapedeck
