#include "api/query_params.hpp"

#include <algorithm>
#include <charconv>

#include "api/http_error.hpp"
#include "base/text.hpp"

namespace tapedeck::api {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string> &names) {
  const std::string near = nearest(word.substr(0, 100), names);
  if (!near.empty()) return "did you mean '" + near + "'?";
  return names.empty() ? "this path takes no parameters" : "there are: " + join(names, ", ");
}

HttpError bad_value(const std::string &name, const std::string &value, const std::string &hint) {
  return invalid_parameter("parameter '" + name + "': cannot use '" + printable(value, 60) + "'", hint);
}

// Keeps sums and rounding of times away from the ends of int64.
constexpr CivilTime kEarliest{1800, 1, 1, 0, 0, 0, 0}, kLatest{2200, 1, 1, 0, 0, 0, 0};

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  // printable() leaves alone exactly what is clean text.
  if (printable(out, SIZE_MAX) != out) return std::nullopt;
  return out;
}

QueryParams::QueryParams(std::string_view raw, const std::vector<std::string> &allowed) {
  while (!raw.empty()) {
    const std::string_view pair = raw.substr(0, raw.find('&'));
    raw.remove_prefix(std::min(pair.size() + 1, raw.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto name = percent_decoded(pair.substr(0, equals));
    const auto value = percent_decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value)
      throw invalid_parameter("the query holds no text: a broken percent-encoding, no UTF-8, or control characters: '" + printable(pair, 60) + "'");
    if (std::find(allowed.begin(), allowed.end(), *name) == allowed.end())
      throw invalid_parameter("unknown parameter '" + printable(*name, 60) + "'", did_you_mean(*name, allowed));
    if (value->empty()) throw invalid_parameter("parameter '" + *name + "' has no value", "leave it out or give it a value");
    if (!values_.emplace(*name, *value).second)
      throw invalid_parameter("parameter '" + *name + "' is given twice", "give it once");
  }
}

const std::string *QueryParams::find(const std::string &name) const {
  const auto it = values_.find(name);
  return it == values_.end() ? nullptr : &it->second;
}

std::optional<Nanos> QueryParams::time(const std::string &name, Nanos now) const {
  const std::string *value = find(name);
  if (value == nullptr) return std::nullopt;
  const auto time = parse_time(*value, now);
  if (!time) throw bad_value(name, *value, "give a time such as 2024-01-01T10:00:00Z, 1704067200 (epoch seconds) or 30d (ago)");
  if (*time < nanos_of(kEarliest) || *time >= nanos_of(kLatest))
    throw bad_value(name, *value, "times from 1800 to 2199 are served");
  return time;
}

std::optional<Interval> QueryParams::interval() const {
  const std::string *value = find("interval");
  if (value == nullptr) return std::nullopt;
  if (const auto interval = Interval::parse(*value)) return interval;
  std::vector<std::string> names;
  for (const auto &i : Interval::all()) names.push_back(i.name());
  throw bad_value("interval", *value, "there are: " + join(names, ", "));
}

std::optional<std::uint64_t> QueryParams::count(const std::string &name, std::uint64_t max) const {
  const std::string *value = find(name);
  if (value == nullptr) return std::nullopt;
  std::uint64_t n = 0;
  const char *const end = value->data() + value->size();
  const auto [stop, error] = std::from_chars(value->data(), end, n);
  if (error != std::errc() || stop != end || n < 1 || n > max)
    throw bad_value(name, *value, "give a whole number from 1 to " + std::to_string(max));
  return n;
}

std::string QueryParams::choice(const std::string &name, const std::vector<std::string> &choices) const {
  const std::string *value = find(name);
  if (value == nullptr) return choices.front();
  if (std::find(choices.begin(), choices.end(), *value) == choices.end())
    throw bad_value(name, *value, did_you_mean(*value, choices));
  return *value;
}

}  // namespace tapedeck::api
