// The part of a URL behind the question mark, checked: nothing in it is silently ignored.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "market/interval.hpp"
#include "market/time.hpp"

namespace tapedeck::api {

// "%2F" becomes "/"; '+' stays, because a time offset is "+02:00" and no value here has a space.
// Nothing for a broken escape and for what is not UTF-8 text without control characters.
std::optional<std::string> percent_decoded(std::string_view text);

// Failures, here and in every reader: HttpError 400 invalid_parameter with the nearest valid name.
class QueryParams {
 public:
  // Unknown, repeated, empty and undecodable parameters are refused.
  QueryParams(std::string_view raw_query, const std::vector<std::string> &allowed);

  const std::string *find(const std::string &name) const;  // NULL: not given
  std::optional<Nanos> time(const std::string &name, Nanos now) const;
  std::optional<Interval> interval() const;
  std::optional<std::uint64_t> count(const std::string &name, std::uint64_t max) const;  // 1..max
  std::string choice(const std::string &name, const std::vector<std::string> &choices) const;  // default: the first

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace tapedeck::api
